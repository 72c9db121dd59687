-- seq
SELECT seq, op, flag, at, clock_offset, person, badge, session, direction, device, admitted FROM ledger
WHERE (flag IS NOT NULL OR reason IS NOT NULL)
	AND (flag = 'conflict' OR (flag IN ('unknown_badge', 'revoked_badge') AND op = 'scan'))
	AND seq <= $1
ORDER BY seq
