-- scan, ledger
INSERT INTO announced (scan, ledger) VALUES ($1, $2)
