-- A projection: how many persons alike were certainly in one session for so long at most, and for half of one (workers/longest.h).
-- It follows from the others, and is made from them for a file that had none.
CREATE TABLE attended (
	minutes INTEGER NOT NULL, half INTEGER NOT NULL, entity TEXT NOT NULL, also TEXT NOT NULL, category TEXT NOT NULL,
	level TEXT NOT NULL, gender TEXT NOT NULL, language TEXT NOT NULL, persons INTEGER NOT NULL,
	PRIMARY KEY (minutes, half, entity, also, category, level, gender, language)
) STRICT, WITHOUT ROWID;
INSERT INTO attended (minutes, half, entity, also, category, level, gender, language, persons)
WITH RECURSIVE
plan AS (
	SELECT session, counts, starts, ends, continues FROM session AS s
	WHERE ledger = (SELECT max(latest.ledger) FROM session AS latest WHERE latest.session = s.session)
),
-- From each session to what it continues. A ring has no first part, and is walked round once.
walk (session, first, step) AS (
	SELECT session, session, 0 FROM plan
	UNION ALL
	SELECT w.session, n.session, w.step + 1
	FROM walk AS w JOIN plan AS p ON p.session = w.first JOIN plan AS n ON n.session = p.continues
	WHERE w.step < (SELECT count(*) FROM plan)
),
part AS (
	SELECT p.session, w.first AS whole, p.ends - p.starts AS planned FROM plan AS p JOIN walk AS w ON w.session = p.session
	WHERE p.counts = 1 AND w.step = (SELECT max(o.step) FROM walk AS o WHERE o.session = w.session)
),
half AS (
	SELECT whole, CASE WHEN count(*) = count(planned) THEN (sum(planned) / 2 + 59999) / 60000 END AS minutes
	FROM part GROUP BY whole
),
stay AS (
	SELECT v.person, p.whole, sum(v.settled_ms + coalesce(v.until - v.since, 0)) AS ms
	FROM visit AS v JOIN part AS p ON p.session = v.session
	GROUP BY v.person, p.whole
	HAVING max(v.assumed) = 0 AND sum(v.settled_ms + coalesce(v.until - v.since, 0)) > 0
),
longest AS (
	SELECT s.person, max(s.ms) AS ms, max(CASE WHEN s.ms >= 60000 * CASE WHEN h.minutes > 1440 THEN 1440 ELSE h.minutes END
		THEN 1 ELSE 0 END) AS half
	FROM stay AS s JOIN half AS h ON h.whole = s.whole GROUP BY s.person
)
SELECT CASE WHEN l.ms < 86400000 THEN l.ms / 60000 ELSE 1440 END, l.half, coalesce(p.entity, ''),
	CASE WHEN p.also_accredited = 1 THEN coalesce(p.also, '') ELSE '' END, coalesce(p.category, ''),
	coalesce(p.level, ''), coalesce(p.gender, ''), coalesce(p.language, ''), count(*)
FROM longest AS l JOIN person AS p ON p.person = l.person WHERE p.remote = 0
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
