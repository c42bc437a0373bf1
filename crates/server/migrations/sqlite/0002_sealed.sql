-- Protocol version 2: no names here any more, and a log for each call. Calls of version 1 held names
-- and could not go on: their clients speak another protocol. They are forgotten.
DROP TABLE token;
DROP TABLE seat;
DROP TABLE call;

-- A call: its shape as it was convened (JSON), the plan with its names (sealed; deleted when the call is
-- adjourned), and what changes about the call as a whole (JSON).
CREATE TABLE call (
    id          TEXT    NOT NULL PRIMARY KEY,
    convener    TEXT    NOT NULL,
    convened_at INTEGER NOT NULL,
    shape       TEXT    NOT NULL,
    plan        TEXT,
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
-- The grant is sealed under the link's secret, and deleted when the call is adjourned.
CREATE TABLE token (
    call  TEXT    NOT NULL REFERENCES call (id) ON DELETE CASCADE,
    seat  INTEGER NOT NULL,
    link  INTEGER NOT NULL,
    hash  BLOB    NOT NULL,
    grant TEXT,
    PRIMARY KEY (call, seat, link)
) STRICT;

-- The log of a call's current group: what its members sealed for each other, in order. Deleted when the
-- call is adjourned.
CREATE TABLE entry (
    call   TEXT    NOT NULL REFERENCES call (id) ON DELETE CASCADE,
    "group" INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    epoch  INTEGER NOT NULL,
    class  TEXT    NOT NULL,
    sealed TEXT    NOT NULL,
    PRIMARY KEY (call, "group", seq)
) STRICT;
