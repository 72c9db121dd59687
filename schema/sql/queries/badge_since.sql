-- since, limit
SELECT b.badge, nullif(b.person, 0) AS person, b.state, p.state AS registration, p.category, b.changed,
	p.first_day IS NOT NULL AS checked_in
FROM badge AS b LEFT JOIN person AS p ON p.person = b.person
WHERE b.changed > $1 ORDER BY b.changed LIMIT $2
