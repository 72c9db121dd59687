-- ledger, op, session, at
INSERT INTO gavel (ledger, op, session, at) VALUES ($1, $2, $3, $4)
