-- seq
SELECT seq, cause, id, op, reason, flag, device, number, at, clock_offset, received, person, badge, session, room,
	direction, day, since, until, corrects, entity, also, category, level, gender, language,
	accredited, walk_in, remote, admitted
FROM ledger WHERE seq > $1 ORDER BY seq
