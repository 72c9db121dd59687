-- One scan as PostgreSQL's expert would write it: one function, one call, one transaction, a plan made once.
-- It does what a scan must at the least; README.md says what ours does beside it.
CREATE TYPE direction AS ENUM ('in', 'out');

CREATE TABLE person (
	person bigint PRIMARY KEY, state text NOT NULL, entity text, category text, first_day bigint
);
CREATE TABLE badge (badge text PRIMARY KEY, person bigint NOT NULL REFERENCES person, state text NOT NULL);
CREATE TABLE session (
	session text PRIMARY KEY, starts bigint, ends bigint, capacity bigint, admits text[]
);
CREATE TABLE ledger (
	seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, id bytea NOT NULL UNIQUE,
	device bigint NOT NULL, number bigint NOT NULL, at bigint NOT NULL,
	received timestamptz NOT NULL DEFAULT clock_timestamp(),
	reason text, flag text, person bigint, badge text NOT NULL, session text NOT NULL, direction direction NOT NULL
);
CREATE INDEX ledger_person ON ledger (person) WHERE person IS NOT NULL;
-- Room in each page, so that a changed row stays in it and no index is touched.
CREATE TABLE visit (
	session text NOT NULL, person bigint NOT NULL, since bigint, settled_ms bigint NOT NULL,
	PRIMARY KEY (session, person)
) WITH (fillfactor = 50);

CREATE FUNCTION scan(in_id bytea, in_device bigint, in_number bigint, in_at bigint,
	in_badge text, in_session text, in_direction direction,
	OUT status text, OUT reason text, OUT entry bigint, OUT flag text, OUT who bigint, OUT entity text,
	OUT category text, OUT repeated boolean)
LANGUAGE plpgsql AS $$
DECLARE
	entering CONSTANT boolean := in_direction = 'in';
	known record;
	earlier ledger;
BEGIN
	-- One row whatever is known: one plan, three looks at a primary key.
	SELECT b.state AS badge, p.person, p.state, p.entity, p.category, p.first_day, s.session, s.starts, s.ends,
		s.capacity, s.admits
	INTO known
	FROM (VALUES (1)) AS always LEFT JOIN badge AS b ON b.badge = in_badge
		LEFT JOIN person AS p ON p.person = b.person LEFT JOIN session AS s ON s.session = in_session;
	who := known.person;
	entity := known.entity;
	category := known.category;

	reason := CASE -- in admission.h's order
		WHEN known.badge IS NULL THEN 'unknown_badge'
		WHEN known.badge = 'revoked' THEN 'revoked_badge'
		WHEN entering AND known.state IN ('cancelled', 'replaced') THEN 'cancelled'
		WHEN entering AND known.state <> 'accredited' THEN 'not_accredited'
		WHEN known.session IS NULL THEN 'unknown_session'
		WHEN entering AND (in_at < known.starts - 3600000 OR in_at >= known.ends + 3600000) THEN 'outside_hours'
		WHEN entering AND NOT known.category = ANY (known.admits) THEN 'not_admitted' END;
	IF reason IS NULL AND entering AND known.capacity <= (SELECT count(*) FROM visit AS v
			WHERE v.session = in_session AND v.since IS NOT NULL AND v.person <> who) THEN
		reason := 'session_full';
	END IF;
	flag := CASE WHEN reason IN ('unknown_badge', 'revoked_badge') THEN reason
		WHEN reason IS NULL AND known.first_day IS NULL THEN 'not_checked_in' END;

	INSERT INTO ledger AS l (id, device, number, at, reason, flag, person, badge, session, direction)
	VALUES (in_id, in_device, in_number, in_at, scan.reason, scan.flag, who, in_badge, in_session, in_direction)
	ON CONFLICT (id) DO NOTHING RETURNING l.seq INTO entry;
	repeated := entry IS NULL;
	IF repeated THEN -- the first answer stands
		SELECT * INTO earlier FROM ledger AS l WHERE l.id = in_id;
		IF (earlier.device, earlier.number, earlier.at, earlier.badge, earlier.session, earlier.direction)
			IS DISTINCT FROM (in_device, in_number, in_at, in_badge, in_session, in_direction) THEN
			status := 'error';
			reason := 'conflict';
			RETURN;
		END IF;
		entry := earlier.seq;
		reason := earlier.reason;
		flag := earlier.flag;
	ELSIF reason IS NULL THEN
		INSERT INTO visit AS v (session, person, since, settled_ms)
		VALUES (in_session, who, CASE WHEN entering THEN in_at END, 0)
		ON CONFLICT (session, person) DO UPDATE SET
			since = CASE WHEN entering THEN coalesce(v.since, in_at) END,
			settled_ms = v.settled_ms + CASE WHEN entering THEN 0 ELSE coalesce(in_at - v.since, 0) END;
	END IF;
	status := CASE WHEN reason IS NULL THEN 'ok' ELSE 'refused' END;
END $$;
