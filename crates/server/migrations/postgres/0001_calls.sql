-- The tables of migrations/sqlite as they are after its fifth, and what PostgreSQL needs besides
-- (docs/design/store.md). What travels as JSON or sealed is text: nothing here looks inside.

-- Who may convene, and who once could and has calls here (`removed`). `operator`: the command line of the
-- server's own machine.
CREATE TABLE convener (
    id       BIGINT  GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind     TEXT    NOT NULL CHECK (kind IN ('operator', 'person')),
    name     TEXT    NOT NULL,
    added_at BIGINT  NOT NULL,
    removed  BOOLEAN NOT NULL DEFAULT FALSE,
    UNIQUE (kind, name)
);
INSERT INTO convener (kind, name, added_at) VALUES ('operator', '', 0);

-- By what a convener is known. `key`: SHA-256 of a convener key.
CREATE TABLE credential (
    kind     TEXT   NOT NULL,
    hash     BYTEA  NOT NULL,
    convener BIGINT NOT NULL REFERENCES convener (id) ON DELETE CASCADE,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (kind, hash)
);
CREATE INDEX credential_of_convener ON credential (convener);

-- A call: its shape as it was convened (JSON), the plan with its names (sealed; deleted when the call is
-- adjourned), what changes about the call as a whole (JSON), and how often that or anything below changed.
CREATE TABLE call (
    id          TEXT   NOT NULL PRIMARY KEY,
    convener    BIGINT NOT NULL REFERENCES convener (id),
    convened_at BIGINT NOT NULL,
    version     BIGINT NOT NULL DEFAULT 1,
    shape       TEXT   NOT NULL,
    plan        TEXT,
    record      TEXT
);
CREATE INDEX call_of_convener ON call (convener, convened_at);

-- What is remembered about a seat (JSON). A seat nobody touched yet has no row.
CREATE TABLE seat (
    call   TEXT   NOT NULL REFERENCES call (id) ON DELETE CASCADE,
    seat   BIGINT NOT NULL,
    record TEXT   NOT NULL,
    PRIMARY KEY (call, seat)
);

-- SHA-256 of the access token of each link ever given out for a seat; the highest link is the good one.
-- The grant is sealed under the link's secret, and deleted when the call is adjourned.
CREATE TABLE token (
    call    TEXT   NOT NULL REFERENCES call (id) ON DELETE CASCADE,
    seat    BIGINT NOT NULL,
    link    BIGINT NOT NULL,
    hash    BYTEA  NOT NULL,
    "grant" TEXT,
    PRIMARY KEY (call, seat, link)
);
CREATE INDEX token_by_hash ON token (call, hash, seat, link);

-- The logs of the current groups of a call's circles: what their members sealed for each other, in order. Deleted
-- when the call is adjourned.
CREATE TABLE entry (
    call    TEXT   NOT NULL REFERENCES call (id) ON DELETE CASCADE,
    circle  BIGINT NOT NULL,
    number  BIGINT NOT NULL,
    seq     BIGINT NOT NULL,
    epoch   BIGINT NOT NULL,
    class   TEXT   NOT NULL,
    sealed  TEXT   NOT NULL,
    PRIMARY KEY (call, circle, number, seq)
);

-- One row for each connection that writes, changed in each of its transactions: whether a transaction was
-- committed can be asked for here when the connection was lost before that was told.
CREATE TABLE receipt (
    writer  TEXT        NOT NULL PRIMARY KEY,
    act     BIGINT      NOT NULL,
    used_at TIMESTAMPTZ NOT NULL DEFAULT now()
);
