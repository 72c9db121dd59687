-- ledger
SELECT event, state, name_en, name_fr, name_ar, city, zone, languages,
	(SELECT host FROM host WHERE ledger <= $1 ORDER BY ledger DESC LIMIT 1) AS host,
	(SELECT min(d.starts) FROM day AS d
		WHERE d.ledger = (SELECT max(l.ledger) FROM day AS l WHERE l.day = d.day)) AS starts,
	(SELECT max(d.ends) FROM day AS d
		WHERE d.ledger = (SELECT max(l.ledger) FROM day AS l WHERE l.day = d.day)) AS ends,
	(SELECT coalesce(sum(persons), 0) FROM counter WHERE qualifier = 'registered') AS persons
FROM event
