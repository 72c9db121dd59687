-- seq
SELECT seq, id, op, reason, device, number, at, clock_offset, received, person, badge, session, direction, day,
	corrects
FROM ledger WHERE seq > $1 ORDER BY seq
