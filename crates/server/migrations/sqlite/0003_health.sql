-- One row, counted up to find out whether anything can be stored.
CREATE TABLE health (
    only   INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
    writes INTEGER NOT NULL
) STRICT;
INSERT INTO health VALUES (1, 0);

-- What a convener has is counted whenever one convenes.
CREATE INDEX call_of_convener ON call (convener, convened_at);
