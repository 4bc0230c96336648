-- Addresses that accounts had and lost: `sealed` holds whose and which, `taken_up` is NULL until a message is on disk.
CREATE TABLE former (
    id       BLOB    NOT NULL PRIMARY KEY,
    carrier  TEXT    NOT NULL CHECK (carrier IN ('mail', 'text')),
    sealed   BLOB    NOT NULL,
    at       INTEGER NOT NULL,
    taken_up INTEGER
) WITHOUT ROWID;
CREATE INDEX former_by_carrier ON former (carrier, at) WHERE taken_up IS NULL;

PRAGMA user_version = 3;
