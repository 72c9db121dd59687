--
SELECT person, state, first_day, remote FROM person
WHERE (first_day IS NOT NULL AND state <> 'accredited')
	OR (first_day IS NULL AND EXISTS (
		SELECT 1 FROM visit WHERE visit.person = person.person AND (settled_ms > 0 OR since IS NOT NULL)))
ORDER BY person
