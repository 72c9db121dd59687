--
SELECT ledger, session, op, at FROM gavel ORDER BY ledger
