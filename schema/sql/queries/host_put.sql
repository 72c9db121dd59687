-- ledger, host
INSERT INTO host (ledger, host) VALUES ($1, $2)
