-- Rows are appended and never touched again; `hash` chains each row to the one before (`chain.rs`).

CREATE TABLE audit (
    seq       INTEGER PRIMARY KEY,
    operation TEXT    NOT NULL,
    position  INTEGER NOT NULL,
    payload   TEXT    NOT NULL,
    key_id    INTEGER NOT NULL,
    hash      BLOB    NOT NULL,
    UNIQUE (operation, position)
);

CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'the audit record is append-only'); END;

PRAGMA user_version = 1;
