-- since, limit
SELECT seq AS ledger, op, reason, at + coalesce(clock_offset, 0) AS at, received, person, session, direction, badge,
	device, number, room, since, corrects, admitted
FROM ledger WHERE seq > $1 ORDER BY seq LIMIT $2
