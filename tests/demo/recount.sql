-- The published figures once more, from the raw ledger rows alone. Besides the ledger it reads only what was loaded:
-- days, entities, their standing and the programme. It shares no code with what it checks.
-- Columns: what, key, low, high. One row for each headline number, country and session.
WITH RECURSIVE
fact AS (
	SELECT seq, op, person, device, number, session, room, direction, day, since, until, corrects, entity, also, category, accredited, admitted,
	       walk_in, remote, at + coalesce(clock_offset, 0) AS moment
	FROM ledger WHERE reason IS NULL
),

-- Who they are: what was registered, as amended since. Who was withdrawn is no longer registered, and stays checked in
-- and attending; who takes part by video is registered, and never on site.
person AS (
	SELECT r.person,
	       coalesce((SELECT entity FROM fact a WHERE a.person = r.person AND a.op = 'amend' AND a.entity IS NOT NULL
	                 ORDER BY seq DESC LIMIT 1), r.entity) AS entity,
	       coalesce((SELECT also FROM fact a WHERE a.person = r.person AND a.op = 'amend' AND a.also IS NOT NULL
	                 ORDER BY seq DESC LIMIT 1), r.also) AS also,
	       coalesce((SELECT max(seq) FROM fact a WHERE a.person = r.person AND a.op = 'amend'
	                 AND a.also IS NOT NULL), r.seq) AS also_since,
	       coalesce((SELECT category FROM fact a WHERE a.person = r.person AND a.op = 'amend'
	                 AND a.category IS NOT NULL ORDER BY seq DESC LIMIT 1), r.category) AS category,
	       coalesce(r.walk_in, 0) AS walk_in, coalesce(r.remote, 0) AS remote,
	       r.accredited = 1 OR EXISTS (SELECT 1 FROM fact g WHERE g.person = r.person AND g.op = 'accredit') AS accepted,
	       NOT EXISTS (SELECT 1 FROM fact g WHERE g.person = r.person AND g.op IN ('cancel', 'replace')) AS live
	FROM fact r WHERE r.op = 'register'
),
-- What was loaded, as it was loaded last.
plan_day AS (SELECT * FROM day d WHERE ledger = (SELECT max(ledger) FROM day o WHERE o.day = d.day)),
plan_entity AS (SELECT * FROM entity e WHERE ledger = (SELECT max(ledger) FROM entity o WHERE o.entity = e.entity)),
plan_standing AS (
	SELECT * FROM standing s WHERE ledger = (SELECT max(ledger) FROM standing o WHERE o.entity = s.entity
	                                         AND coalesce(o.since, 0) = coalesce(s.since, 0))
),
first_midnight AS (SELECT min(starts) AS at FROM plan_day),
-- What each is on the first day. A state that is no member in good standing sits with the observers.
entity_now AS (
	SELECT e.entity, CASE WHEN e.kind <> 'state' THEN e.kind
	       WHEN EXISTS (SELECT 1 FROM plan_standing s, first_midnight m WHERE s.entity = e.entity
	                    AND s.standing = 'suspended' AND coalesce(s.since, m.at) <= m.at
	                    AND (s.until IS NULL OR s.until > m.at)) THEN 'observer'
	       WHEN (SELECT s.standing FROM plan_standing s, first_midnight m WHERE s.entity = e.entity
	             AND coalesce(s.since, m.at) <= m.at AND (s.until IS NULL OR s.until > m.at)
	             ORDER BY coalesce(s.since, 0) DESC LIMIT 1) = 'member' THEN 'member'
	       ELSE 'observer' END AS kind
	FROM plan_entity e
),
somebody AS (
	SELECT p.person, p.walk_in, p.remote, p.live, coalesce(p.accepted, 0) AS accepted, coalesce(k.entity, 'not_stated') AS entity, coalesce(k.kind, 'not stated') AS kind,
	       coalesce(p.category IN ('interpreter', 'security', 'press', 'driver', 'secretariat'), 0) AS support,
	       -- a member state that an accepted second representation adds
	       (SELECT o.entity FROM entity_now o WHERE o.entity = p.also AND o.kind = 'member' AND p.also IS NOT p.entity
	        AND EXISTS (SELECT 1 FROM fact a WHERE a.person = p.person AND a.op = 'accredit'
	                    AND a.accredited = 1 AND a.seq > p.also_since)) AS also
	FROM person p LEFT JOIN entity_now k ON k.entity = p.entity
),

-- Days of valid check-ins: the last word on a person and day stands.
checked AS (
	SELECT person, min(day) AS day FROM fact c WHERE op = 'check_in'
	AND NOT EXISTS (SELECT 1 FROM fact u WHERE u.person = c.person AND u.op = 'undo_check_in' AND u.day = c.day
	                AND u.seq > c.seq)
	GROUP BY person
),

-- The programme as it last stood, with the gavels.
gavel AS (
	SELECT session, op, coalesce(since, moment) AS at FROM fact g WHERE op IN ('open_session', 'close_session')
	AND seq = (SELECT max(seq) FROM fact o WHERE o.session = g.session AND o.op = g.op)
),
planned AS (
	SELECT s.session, coalesce(s.room, 'own:' || s.session) AS room, s.counts, s.starts, s.ends, s.continues,
	       (SELECT at FROM gavel g WHERE g.session = s.session AND g.op = 'open_session') AS opened,
	       (SELECT at FROM gavel g WHERE g.session = s.session AND g.op = 'close_session') AS closed,
	       (SELECT d.ends FROM plan_day d WHERE d.day = s.day) AS midnight
	FROM session s WHERE s.ledger = (SELECT max(ledger) FROM session o WHERE o.session = s.session)
),
sitting AS (
	SELECT p.session, p.room, p.counts, p.starts, p.ends, p.continues, p.closed,
	       coalesce(p.opened, max(p.starts, coalesce((SELECT max(b.closed) FROM planned b WHERE b.room = p.room
	                AND b.counts AND p.counts AND b.starts < p.starts), p.starts))) AS begins,
	       coalesce(p.closed, p.ends, p.midnight) AS finishes
	FROM planned p
),
-- The next session of the room that begins without a break.
following AS (
	SELECT s.session, (SELECT n.session FROM sitting n WHERE n.room = s.room AND n.counts AND s.counts
	                   AND n.starts > s.starts AND n.finishes > s.finishes
	                   AND (n.starts <= s.ends OR (s.closed IS NOT NULL AND n.begins <= s.finishes)
	                        OR n.begins < s.finishes)
	                   ORDER BY n.starts LIMIT 1) AS next
	FROM sitting s
),
-- The first part of what each counting session continues.
part (session, first) AS (
	SELECT session, session FROM planned WHERE counts
	AND (continues IS NULL OR continues NOT IN (SELECT session FROM planned))
	UNION ALL
	SELECT p.session, f.first FROM planned p JOIN part f ON f.session = p.continues WHERE p.counts
),
-- From the session scanned at the door on to all that one is carried into, each with its own time.
chain (origin, session, begins, turns, next) AS (
	SELECT s.session, s.session, s.begins, min(s.finishes, coalesce(n.begins, s.finishes)), f.next
	FROM sitting s JOIN following f ON f.session = s.session LEFT JOIN sitting n ON n.session = f.next
	UNION ALL
	SELECT c.origin, s.session, max(s.begins, c.turns), min(s.finishes, coalesce(n.begins, s.finishes)), f.next
	FROM chain c JOIN sitting s ON s.session = c.next JOIN following f ON f.session = s.session
	LEFT JOIN sitting n ON n.session = f.next
),
lasting AS (SELECT origin, max(turns) AS until FROM chain GROUP BY origin),

-- When rooms were emptied; a session without a room is its own.
clearing AS (SELECT coalesce(room, 'own:' || session) AS room, coalesce(since, moment) AS at FROM fact WHERE op = 'clear'),

-- Who went through a door: what the server took, or what a door decided alone.
taken AS (
	SELECT * FROM fact f
	WHERE f.person IS NOT NULL AND (
	      (f.op = 'scan' AND f.corrects IS NULL AND NOT EXISTS (
	         SELECT 1 FROM fact d WHERE d.op = 'decided' AND d.corrects = f.seq AND coalesce(d.admitted, 0) = 0))
	   OR (f.op = 'decided' AND f.admitted = 1 AND NOT EXISTS (
	         SELECT 1 FROM fact o WHERE o.seq = f.corrects AND o.op = 'scan' AND o.corrects IS NULL)))
),
-- A device's own stand in the order of its numbers: none before what it numbered lower, whatever its clock told.
ordered AS (
	SELECT seq, person, session, direction, number,
	       max(moment) OVER (PARTITION BY person, device ORDER BY number ROWS UNBOUNDED PRECEDING) AS moment
	FROM taken
),
-- Whoever enters stays `until` at most.
passage AS (
	SELECT f.person, f.seq, f.moment, f.direction, f.session, s.room, s.counts, s.begins,
	       min(max(l.until, f.moment), coalesce((SELECT min(at) FROM clearing c WHERE c.room = s.room AND c.at > f.moment),
	           max(l.until, f.moment))) AS until,
	       row_number() OVER (PARTITION BY f.person ORDER BY f.moment, f.number, f.seq) AS n
	FROM ordered f JOIN sitting s ON s.session = f.session JOIN lasting l ON l.origin = f.session
),
-- One row for each step of a person: the stay one is in after it, and the stay that the step ended, if any: by leaving
-- at `left_at`, or (NULL) because it had run out before one entered again. An IN while inside changes nothing; an OUT
-- after the session's end ends it all the same, unless the door stands at a session that has begun since, or
-- the room had been cleared.
turn (kind) AS (VALUES ('enters'), ('leaves'), ('stays')),
step (person, n, room, origin, since, until, ended_origin, ended_since, left_at) AS (
	SELECT DISTINCT person, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM passage
	UNION ALL
	SELECT s.person, p.n,
	       CASE kind WHEN 'enters' THEN p.room WHEN 'leaves' THEN NULL ELSE s.room END,
	       CASE kind WHEN 'enters' THEN p.session WHEN 'leaves' THEN NULL ELSE s.origin END,
	       CASE kind WHEN 'enters' THEN p.moment WHEN 'leaves' THEN NULL ELSE s.since END,
	       CASE kind WHEN 'enters' THEN p.until WHEN 'leaves' THEN NULL ELSE s.until END,
	       CASE WHEN kind <> 'stays' THEN s.origin END,
	       CASE WHEN kind <> 'stays' THEN s.since END,
	       CASE WHEN kind = 'leaves' OR s.until > p.moment THEN p.moment END
	FROM step s JOIN passage p ON p.person = s.person AND p.n = s.n + 1 JOIN turn ON kind = CASE
	     WHEN p.direction = 'in' AND (s.room IS NULL OR s.room <> p.room OR s.until <= p.moment) THEN 'enters'
	     WHEN p.direction = 'out' AND s.room = p.room AND (s.until > p.moment OR (p.moment <= s.until + 21600000
	          AND NOT EXISTS (SELECT 1 FROM clearing c WHERE c.room = s.room AND c.at = s.until) AND (NOT p.counts OR p.begins <= s.until OR p.begins > p.moment))) THEN 'leaves'
	     ELSE 'stays' END
),
walked AS (
	SELECT person, ended_origin AS origin, ended_since AS since, left_at FROM step WHERE ended_origin IS NOT NULL
	UNION ALL
	SELECT person, origin, since, NULL FROM step s WHERE room IS NOT NULL
	AND n = (SELECT max(n) FROM passage p WHERE p.person = s.person)
),
-- Who was inside when the room was cleared left then.
stay AS (
	SELECT w.person, w.origin, w.since, coalesce(w.left_at, (
	       SELECT min(c.at) FROM clearing c JOIN sitting t ON t.room = c.room JOIN lasting l ON l.origin = t.session
	       WHERE t.session = w.origin AND c.at > w.since AND c.at <= max(l.until, w.since))) AS left_at
	FROM walked w
),
-- Who was seen by somebody, within the session's time.
vouched AS (
	SELECT f.person, f.session, max(coalesce(f.since, t.begins), t.begins) AS since,
	       min(coalesce(f.until, t.finishes), t.finishes) AS until
	FROM fact f JOIN sitting t ON t.session = f.session WHERE f.op = 'attest'
),
-- From one moment to another in a sitting, within its own time; not certain when the end is assumed.
stretch AS (
	SELECT y.person, c.session, max(c.begins, y.since) AS since, min(c.turns, coalesce(y.left_at, c.turns)) AS until,
	       y.left_at IS NOT NULL OR t.closed IS NOT NULL AS certain
	FROM stay y JOIN chain c ON c.origin = y.origin JOIN sitting t ON t.session = c.session
	UNION ALL SELECT person, session, since, until, 1 FROM vouched
),
-- Whoever was seen had not left before.
settled AS (
	SELECT person, session, since, until, certain FROM stretch
	UNION ALL SELECT s.person, s.session, s.since, min(v.until, s.until), 1
	FROM stretch s JOIN vouched v ON v.person = s.person AND v.session = s.session
	WHERE NOT s.certain AND v.since < s.until AND v.until > s.since
),
-- Of what overlaps, each stretch counts what those before it have not covered.
uncovered AS (
	SELECT person, session, certain,
	       until - max(since, coalesce(max(until) FILTER (WHERE certain) OVER earlier, since)) AS low,
	       until - max(since, coalesce(max(until) OVER earlier, since)) AS high
	FROM settled WHERE until > since
	WINDOW earlier AS (PARTITION BY person, session ORDER BY since, until, certain
	                   ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
),
-- Milliseconds in each sitting, all its parts together: certain, and with the ends that are assumed.
minutes AS (
	SELECT u.person, f.first AS session, sum(CASE WHEN certain THEN max(0, low) ELSE 0 END) AS low,
	       sum(max(0, high)) AS high
	FROM uncovered u JOIN part f ON f.session = u.session GROUP BY u.person, f.first
),
-- Half of what was planned of a sitting, all its parts together, in whole minutes, at most a day: none without times.
half AS (
	SELECT f.first AS session, CASE WHEN count(p.ends - p.starts) = count(*)
	       THEN max(1, min(1440, (sum(p.ends - p.starts) / 2 + 59999) / 60000) * 60000) END AS ms
	FROM planned p JOIN part f ON f.session = p.session GROUP BY f.first
),
attendance AS (
	SELECT h.session, b.*, m.low >= h.ms AS surely, m.high >= h.ms AS maybe
	FROM half h JOIN minutes m ON m.session = h.session JOIN somebody b ON b.person = m.person WHERE NOT b.remote
),
delegation AS (
	SELECT session, entity, surely, maybe FROM attendance WHERE kind = 'member' AND NOT support
	UNION ALL
	SELECT session, also, surely, maybe FROM attendance WHERE also IS NOT NULL
),

present AS (SELECT b.* FROM somebody b JOIN checked c ON c.person = b.person WHERE NOT b.remote),
represented AS (
	SELECT entity FROM present WHERE kind = 'member' AND NOT support
	UNION SELECT also FROM present WHERE also IS NOT NULL
),
registered AS (SELECT * FROM somebody WHERE live),
registered_state AS (
	SELECT entity FROM registered WHERE kind = 'member' AND NOT support
	UNION SELECT also FROM registered WHERE also IS NOT NULL
)
SELECT 'headline' AS what, 'representatives' AS key, count(*) AS low, count(*) AS high
FROM present WHERE kind = 'member' AND NOT support
UNION ALL SELECT 'headline', 'member states', count(*), count(*) FROM represented
UNION ALL SELECT 'headline', 'in good standing', count(*), count(*) FROM entity_now WHERE kind = 'member'
UNION ALL SELECT 'headline', kind || ' persons', count(*), count(*) FROM present
          WHERE kind <> 'member' AND NOT support GROUP BY kind
UNION ALL SELECT 'headline', kind || ' entities', count(DISTINCT entity), count(DISTINCT entity) FROM present
          WHERE kind NOT IN ('member', 'not stated') AND NOT support GROUP BY kind
UNION ALL SELECT 'headline', 'support', count(*), count(*) FROM present WHERE support
UNION ALL SELECT 'headline', 'total', count(*), count(*) FROM present
UNION ALL SELECT 'headline', 'registered', count(*), count(*) FROM registered WHERE kind = 'member' AND NOT support
UNION ALL SELECT 'headline', 'registered in all', count(*), count(*) FROM registered
UNION ALL SELECT 'headline', 'registered states', count(*), count(*) FROM registered_state
UNION ALL SELECT 'headline', 'nominated in all', count(*), count(*) FROM somebody WHERE NOT walk_in
UNION ALL SELECT 'headline', 'walk-ins in all', count(*), count(*) FROM registered WHERE walk_in
UNION ALL SELECT 'headline', 'no-shows in all', count(*), count(*) FROM registered WHERE accepted AND NOT remote
          AND person NOT IN (SELECT person FROM checked)
UNION ALL SELECT 'country', entity, count(*), count(*) FROM present GROUP BY entity
UNION ALL SELECT 'session', session, sum(surely), sum(maybe) FROM attendance GROUP BY session
UNION ALL SELECT 'session states', session, count(DISTINCT CASE WHEN surely THEN entity END),
          count(DISTINCT CASE WHEN maybe THEN entity END) FROM delegation GROUP BY session;
