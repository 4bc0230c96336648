-- Channel addresses from which the owner of an account succeeded: `source` is a keyed hash of tenant, account and peer.
CREATE TABLE known_source (
    source BLOB    NOT NULL PRIMARY KEY,
    owner  BLOB    NOT NULL,
    at     INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX known_source_by_owner ON known_source (owner);

PRAGMA user_version = 2;
