-- since, cursor, limit
SELECT p.person, n.name, n.arabic, n.honorific, n.function, n.organisation, p.entity, p.also, p.category, p.level,
	p.gender, p.language, p.state, p.walk_in, p.remote, p.last_day AS checked_in, p.badge, n.folded
FROM (
	SELECT DISTINCT person FROM ledger
	WHERE seq > $1 AND person > $2 AND reason IS NULL AND op NOT IN ('scan', 'decided')
) AS c
JOIN person AS p ON p.person = c.person
LEFT JOIN name AS n ON n.person = p.person
	AND n.ledger = (SELECT max(latest.ledger) FROM name AS latest WHERE latest.person = p.person)
ORDER BY p.person LIMIT $3
