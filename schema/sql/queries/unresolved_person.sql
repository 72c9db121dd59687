--
SELECT person, state, first_day, remote FROM person
WHERE (first_day IS NOT NULL AND state <> 'accredited')
	OR (first_day IS NULL
		AND person IN (SELECT visit.person FROM visit WHERE settled_ms > 0 OR since IS NOT NULL))
ORDER BY person
