-- Protocol version 3: a log for each circle of a call. What there was until now is the table's, circle 0.
CREATE TABLE entry_of_circle (
    call   TEXT    NOT NULL REFERENCES call (id) ON DELETE CASCADE,
    circle INTEGER NOT NULL,
    number INTEGER NOT NULL,
    seq    INTEGER NOT NULL,
    epoch  INTEGER NOT NULL,
    class  TEXT    NOT NULL,
    sealed TEXT    NOT NULL,
    PRIMARY KEY (call, circle, number, seq)
) STRICT;
INSERT INTO entry_of_circle SELECT call, 0, "group", seq, epoch, class, sealed FROM entry;
DROP TABLE entry;
ALTER TABLE entry_of_circle RENAME TO entry;

-- Where the logs stand: a list, which had one member without a name.
UPDATE call
SET record = json_set(
    json_remove(record, '$.log'),
    '$.logs',
    CASE WHEN json_extract(record, '$.log.group') > 0
        THEN json_array(json_object(
            'group', json_object('circle', 0, 'number', json_extract(record, '$.log.group')),
            'epoch', json_extract(record, '$.log.epoch'),
            'seq', json_extract(record, '$.log.seq')))
        ELSE json_array()
    END)
WHERE record IS NOT NULL;
