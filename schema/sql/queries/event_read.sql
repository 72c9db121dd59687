--
SELECT event, state, name_en, name_fr, name_ar, city, host, zone,
	(SELECT min(starts) FROM day) AS starts, (SELECT max(ends) FROM day) AS ends,
	(SELECT coalesce(sum(persons), 0) FROM counter WHERE qualifier = 'registered') AS persons
FROM event
