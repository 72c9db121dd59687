-- person, ledger, name, given, family, arabic, honorific, function, organisation, key, folded
INSERT INTO name (person, ledger, name, given, family, arabic, honorific, function, organisation, key, folded)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
