-- ledger
SELECT session, day, room, type, counts, title_en, title_fr, title_ar, starts, ends, continues, capacity, admits, invented
FROM session
WHERE ledger = (SELECT max(latest.ledger) FROM session AS latest
	WHERE latest.session = session.session AND latest.ledger <= $1)
ORDER BY position, session
