-- ledger
SELECT entity, standing, since, until FROM standing
WHERE ledger = (SELECT max(latest.ledger) FROM standing AS latest WHERE latest.entity = standing.entity
	AND coalesce(latest.since, 0) = coalesce(standing.since, 0) AND latest.ledger <= $1)
ORDER BY entity, coalesce(since, 0)
