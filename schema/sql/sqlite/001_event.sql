-- One event, one file. The ledger is append-only and names people by number; everything under "projections"
-- can be made again from it. Times are Unix milliseconds, UTC.
CREATE TABLE meta (
	instance BLOB NOT NULL,            -- 16 bytes, made with the file: a copy has the same until it is restored
	epoch INTEGER NOT NULL             -- raised by each writer that opens the file
) STRICT;

CREATE TABLE event (
	event TEXT PRIMARY KEY, state TEXT NOT NULL,
	name_en TEXT, name_fr TEXT, name_ar TEXT, city TEXT, zone TEXT, languages TEXT
) STRICT, WITHOUT ROWID;
-- The host, days, entities, standings and sessions stand as loaded from a ledger sequence on: the highest is the one in force,
-- and a figure as of the past goes by those of then.
CREATE TABLE host (ledger INTEGER PRIMARY KEY, host TEXT NOT NULL) STRICT;
CREATE TABLE day (
	day INTEGER NOT NULL, ledger INTEGER NOT NULL, date TEXT NOT NULL, starts INTEGER NOT NULL, ends INTEGER NOT NULL,
	PRIMARY KEY (day, ledger)
) STRICT, WITHOUT ROWID;
CREATE TABLE entity (
	entity TEXT NOT NULL, ledger INTEGER NOT NULL, kind TEXT NOT NULL, name_en TEXT, name_fr TEXT, name_ar TEXT,
	region TEXT, region_inferred INTEGER NOT NULL, country TEXT,
	PRIMARY KEY (entity, ledger)
) STRICT, WITHOUT ROWID;
-- One standing from one date on.
CREATE TABLE standing (
	entity TEXT NOT NULL, ledger INTEGER NOT NULL, standing TEXT NOT NULL, since INTEGER, until INTEGER
) STRICT;
CREATE UNIQUE INDEX standing_once ON standing (entity, coalesce(since, 0), ledger);
CREATE TABLE room (room TEXT PRIMARY KEY, name TEXT, invented INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE session (
	session TEXT NOT NULL, ledger INTEGER NOT NULL, position INTEGER, day INTEGER, room TEXT,
	type TEXT NOT NULL, counts INTEGER NOT NULL, title_en TEXT, title_fr TEXT, title_ar TEXT,
	starts INTEGER, ends INTEGER, continues TEXT, capacity INTEGER, admits TEXT, invented INTEGER NOT NULL,
	PRIMARY KEY (session, ledger)
) STRICT, WITHOUT ROWID;
CREATE TABLE agenda (session TEXT NOT NULL, position INTEGER NOT NULL, text TEXT NOT NULL,
	PRIMARY KEY (session, position)) STRICT, WITHOUT ROWID;
CREATE TABLE role (session TEXT NOT NULL, role TEXT NOT NULL, position INTEGER NOT NULL, printed TEXT NOT NULL,
	name TEXT, key TEXT, organisation TEXT, entity TEXT,
	PRIMARY KEY (session, role, position)) STRICT, WITHOUT ROWID;

-- Every valid request of an authorised principal, and every fact it made. `reason` is NULL when it took effect.
-- When one request makes several facts, the others name its row as their cause.
CREATE TABLE ledger (
	seq INTEGER PRIMARY KEY, cause INTEGER, id BLOB, digest BLOB, op TEXT NOT NULL, reason TEXT, flag TEXT,
	principal TEXT, role TEXT, actor TEXT,
	device BLOB, number INTEGER,       -- the device's own numbering
	at INTEGER NOT NULL, clock_offset INTEGER, -- it happened at at + clock_offset
	received INTEGER NOT NULL,         -- server clock; never goes back from one row to the next
	person INTEGER, badge TEXT, session TEXT, room TEXT, direction TEXT, day INTEGER,
	since INTEGER, until INTEGER,      -- attested from and to; since: the gavel, when it is not the request's time
	corrects INTEGER,                  -- the entry it takes back, decides or settles
	entity TEXT, also TEXT, category TEXT, level TEXT, gender TEXT, language TEXT,
	accredited INTEGER, walk_in INTEGER, remote INTEGER, admitted INTEGER, source TEXT,
	door_reason TEXT, server_reason TEXT, -- of a door's decision: what each side said against it
	answer BLOB                        -- the result's map, given again when the id comes again
) STRICT;
CREATE INDEX ledger_person ON ledger (person) WHERE person IS NOT NULL;
CREATE INDEX ledger_odd ON ledger (seq) WHERE flag IS NOT NULL OR reason IS NOT NULL;
CREATE INDEX ledger_attest ON ledger (since) WHERE op = 'attest';
CREATE INDEX ledger_resolve ON ledger (corrects) WHERE op = 'resolve';
-- The dedupe key: an id is stored once, with the digest of the bytes it came with.
CREATE UNIQUE INDEX ledger_id ON ledger (id) WHERE id IS NOT NULL;
-- Scans that a door's decision has announced and that are yet to come.
CREATE TABLE announced (scan BLOB PRIMARY KEY, ledger INTEGER NOT NULL) STRICT, WITHOUT ROWID;
-- Free text that may name people: kept apart, so that it can be erased.
CREATE TABLE remark (ledger INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;
CREATE TABLE name (
	person INTEGER NOT NULL, ledger INTEGER NOT NULL, name TEXT, given TEXT, family TEXT, arabic TEXT,
	honorific TEXT, function TEXT, organisation TEXT, key TEXT,
	folded TEXT NOT NULL,              -- all of the name, as folding.h folds it, words joined by a bar
	PRIMARY KEY (person, ledger)
) STRICT, WITHOUT ROWID;
CREATE INDEX name_folded ON name (folded);
CREATE INDEX name_ledger ON name (ledger);

-- Projections.
CREATE TABLE person (
	person INTEGER PRIMARY KEY, state TEXT NOT NULL, entity TEXT, also TEXT, also_accredited INTEGER NOT NULL,
	category TEXT, level TEXT, gender TEXT, language TEXT, walk_in INTEGER NOT NULL, remote INTEGER NOT NULL,
	first_day INTEGER,                 -- of a valid check-in
	last_day INTEGER, badge TEXT
) STRICT;
CREATE TABLE gavel (ledger INTEGER PRIMARY KEY, op TEXT NOT NULL, session TEXT, at INTEGER NOT NULL) STRICT;
-- A blank that is bound to nobody has person 0.
CREATE TABLE badge (badge TEXT PRIMARY KEY, person INTEGER NOT NULL, state TEXT NOT NULL, changed INTEGER NOT NULL)
	STRICT, WITHOUT ROWID;
CREATE INDEX badge_changed ON badge (changed);
CREATE INDEX badge_person ON badge (person);
CREATE TABLE visit (
	session TEXT NOT NULL, person INTEGER NOT NULL, flags INTEGER NOT NULL, settled_ms INTEGER NOT NULL,
	since INTEGER, until INTEGER, assumed INTEGER NOT NULL, carried INTEGER NOT NULL, entered INTEGER,
	PRIMARY KEY (session, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX visit_person ON visit (person);
CREATE INDEX visit_odd ON visit (person, session) WHERE flags <> 0 OR assumed = 1; -- each figure counts these
CREATE TABLE counter (
	qualifier TEXT NOT NULL, day INTEGER NOT NULL, entity TEXT NOT NULL, also TEXT NOT NULL, category TEXT NOT NULL,
	level TEXT NOT NULL, gender TEXT NOT NULL, language TEXT NOT NULL, persons INTEGER NOT NULL,
	PRIMARY KEY (qualifier, day, entity, also, category, level, gender, language)
) STRICT, WITHOUT ROWID;
CREATE TABLE device (
	device BLOB PRIMARY KEY, requests INTEGER NOT NULL, scans INTEGER NOT NULL, highest INTEGER NOT NULL,
	heard INTEGER NOT NULL, backlog INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
