-- Conveners get numbers, kinds, and credentials in a table of their own. Everything is kept: who may
-- convene, with which key, and whose call is whose. The keys of the command line were conveners whose
-- names began with a control character; they become credentials of the one operator.
ALTER TABLE convener RENAME TO convener_before;

-- Who may convene, and who once could and has calls here (`removed`). `operator`: the command line of the
-- server's own machine.
CREATE TABLE convener (
    id       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, -- no number is given twice
    kind     TEXT    NOT NULL CHECK (kind IN ('operator', 'person')),
    name     TEXT    NOT NULL,
    added_at INTEGER NOT NULL,
    removed  INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
    UNIQUE (kind, name)
) STRICT;

-- By what a convener is known. `key`: SHA-256 of a convener key.
CREATE TABLE credential (
    kind     TEXT    NOT NULL,
    hash     BLOB    NOT NULL,
    convener INTEGER NOT NULL REFERENCES convener (id) ON DELETE CASCADE,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (kind, hash)
) STRICT;
CREATE INDEX credential_of_convener ON credential (convener);

INSERT INTO convener (kind, name, added_at) VALUES ('operator', '', 0);
INSERT INTO convener (kind, name, added_at)
    SELECT 'person', name, added_at FROM convener_before
    WHERE substr(name, 1, 1) <> char(1) ORDER BY added_at, name;
-- Those who were removed and whose calls stayed.
INSERT INTO convener (kind, name, added_at, removed)
    SELECT 'person', convener, min(convened_at), 1 FROM call
    WHERE substr(convener, 1, 1) <> char(1) AND convener NOT IN (SELECT name FROM convener_before)
    GROUP BY convener;
INSERT INTO credential (kind, hash, convener, added_at)
    SELECT 'key', key_hash, convener.id, convener_before.added_at
    FROM convener_before JOIN convener
      ON CASE substr(convener_before.name, 1, 1)
           WHEN char(1) THEN convener.kind = 'operator'
           ELSE convener.kind = 'person' AND convener.name = convener_before.name
         END;
DROP TABLE convener_before;

-- Counts what was committed of a call: of two who write from the same number, one is refused.
ALTER TABLE call ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

-- Changed column by column: to drop the table would take its seats, tokens and log along.
DROP INDEX call_of_convener;
ALTER TABLE call RENAME COLUMN convener TO convener_before;
ALTER TABLE call ADD COLUMN convener INTEGER REFERENCES convener (id);
UPDATE call SET convener = (
    SELECT id FROM convener
    WHERE CASE substr(call.convener_before, 1, 1)
            WHEN char(1) THEN kind = 'operator'
            ELSE kind = 'person' AND name = call.convener_before
          END);
ALTER TABLE call DROP COLUMN convener_before;
CREATE INDEX call_of_convener ON call (convener, convened_at);

-- An access token is looked up by its hash.
CREATE INDEX token_by_hash ON token (call, hash, seat, link);
