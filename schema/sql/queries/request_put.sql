-- id, digest, ledger
INSERT INTO request (id, digest, ledger) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING
