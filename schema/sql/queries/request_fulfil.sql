-- id, digest, ledger
UPDATE request SET digest = $2, ledger = $3 WHERE id = $1
