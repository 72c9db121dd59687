-- id
SELECT id, digest, ledger FROM request WHERE id = $1
