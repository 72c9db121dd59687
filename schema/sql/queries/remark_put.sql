-- ledger, text
INSERT INTO remark (ledger, text) VALUES ($1, $2)
