-- seq
SELECT seq, id, op, reason, flag, device, number, at, clock_offset, received, person, badge, session, room, direction,
	corrects
FROM ledger WHERE seq > $1 ORDER BY seq
