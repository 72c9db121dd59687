-- folded
SELECT person, ledger, name, given, family, arabic, honorific, function, organisation, key, folded
FROM name WHERE folded = $1 ORDER BY person, ledger
