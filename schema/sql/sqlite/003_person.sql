-- By stretches of 4096 entries, so that what a batch adds lies on a few pages at the end and not on one for each entry: the log
-- holds whole pages. A person's entries are found by one look into each stretch.
DROP INDEX ledger_person;
CREATE INDEX ledger_person ON ledger ((seq / 4096), person) WHERE person IS NOT NULL;
-- What a blank passed before it was bound to somebody names nobody; its code finds it.
CREATE INDEX ledger_stray ON ledger (badge) WHERE person IS NULL AND badge IS NOT NULL;
