-- `owner` is a keyed hash of tenant and account id, `scope` one of a tenant, a kind of attempt and whose attempts:
-- the file alone tells nobody who is in it. Times are milliseconds since 1970.

CREATE TABLE enrolment (
    owner   BLOB    NOT NULL,
    kind    TEXT    NOT NULL CHECK (kind IN ('contacts', 'totp', 'answer')),
    item    TEXT    NOT NULL,
    sealed  BLOB    NOT NULL,
    written INTEGER NOT NULL,
    PRIMARY KEY (owner, kind, item)
) WITHOUT ROWID;

CREATE TABLE totp_step (
    owner BLOB    NOT NULL PRIMARY KEY,
    step  INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE freeze (
    owner BLOB    NOT NULL PRIMARY KEY,
    at    INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE hit (
    id         INTEGER PRIMARY KEY,
    scope      BLOB    NOT NULL,
    operation  BLOB    NOT NULL,
    at         INTEGER NOT NULL,
    keep_until INTEGER NOT NULL
);
CREATE INDEX hit_by_scope ON hit (scope, at);
CREATE INDEX hit_by_operation ON hit (operation);
CREATE INDEX hit_by_end ON hit (keep_until);

-- What an operation was answered, so that a redelivered event gets the same answer. `refused_until` is NULL for "allowed".
CREATE TABLE operation (
    id            BLOB    NOT NULL PRIMARY KEY,
    at            INTEGER NOT NULL,
    refused_until INTEGER
) WITHOUT ROWID;
CREATE INDEX operation_by_time ON operation (at);

PRAGMA user_version = 1;
-- Later layouts follow in `schema_2.sql` and on; a new file takes them all.
