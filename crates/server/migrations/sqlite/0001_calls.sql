-- Who may convene. Only the SHA-256 of a convener key is kept.
CREATE TABLE convener (
    name     TEXT    NOT NULL PRIMARY KEY,
    key_hash BLOB    NOT NULL UNIQUE,
    added_at INTEGER NOT NULL
) STRICT;

-- A call: its plan as it was convened (JSON), and what changes about it as a whole (JSON).
CREATE TABLE call (
    id          TEXT    NOT NULL PRIMARY KEY,
    convener    TEXT    NOT NULL,
    convened_at INTEGER NOT NULL,
    plan        TEXT    NOT NULL,
    record      TEXT
) STRICT;

-- What is remembered about a seat (JSON). A seat nobody touched yet has no row.
CREATE TABLE seat (
    call   TEXT    NOT NULL REFERENCES call (id) ON DELETE CASCADE,
    seat   INTEGER NOT NULL,
    record TEXT    NOT NULL,
    PRIMARY KEY (call, seat)
) STRICT;

-- SHA-256 of the access token of each link ever given out for a seat; the highest link is the good one.
CREATE TABLE token (
    call TEXT    NOT NULL REFERENCES call (id) ON DELETE CASCADE,
    seat INTEGER NOT NULL,
    link INTEGER NOT NULL,
    hash BLOB    NOT NULL,
    PRIMARY KEY (call, seat, link)
) STRICT;
