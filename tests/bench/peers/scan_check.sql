-- What is measured must be the logic that is promised: each answer once, then all of it is taken back.
BEGIN;
DO $$
DECLARE
	opens CONSTANT bigint := (SELECT starts FROM session WHERE session = '0');
	a record;
BEGIN
	a := scan('\x01', 1, 1, opens, '10000001', '0', 'in');
	ASSERT a.status = 'ok' AND NOT a.repeated AND a.who = 1 AND a.entity = 'MA' AND a.flag IS NULL, a;
	ASSERT (SELECT since = opens FROM visit WHERE session = '0' AND person = 1), 'nobody is in the room';
	a := scan('\x01', 1, 1, opens, '10000001', '0', 'in');
	ASSERT a.status = 'ok' AND a.repeated AND a.entry = (SELECT seq FROM ledger WHERE id = '\x01'), a;
	a := scan('\x01', 1, 1, opens, '10000002', '0', 'in');
	ASSERT a.status = 'error' AND a.reason = 'conflict', a;
	a := scan('\x02', 1, 2, opens + 60000, '10000001', '0', 'out');
	ASSERT a.status = 'ok', a;
	ASSERT (SELECT since IS NULL AND settled_ms = 60000 FROM visit WHERE session = '0' AND person = 1), 'no stay';
	a := scan('\x03', 1, 3, opens, 'none', '0', 'in');
	ASSERT a.status = 'refused' AND a.reason = 'unknown_badge' AND a.entry > 0, a;
	a := scan('\x04', 1, 4, opens, '10000001', 'none', 'in');
	ASSERT a.reason = 'unknown_session', a;
	a := scan('\x05', 1, 5, opens - 3600001, '10000001', '0', 'in');
	ASSERT a.reason = 'outside_hours', a;
	UPDATE session SET capacity = 1, admits = '{delegate}' WHERE session = '1';
	a := scan('\x06', 1, 6, opens, '10000002', '1', 'in');
	ASSERT a.status = 'ok', a;
	a := scan('\x07', 1, 7, opens, '10000003', '1', 'in');
	ASSERT a.reason = 'session_full', a;
	UPDATE person SET category = 'press', first_day = NULL WHERE person = 4;
	a := scan('\x08', 1, 8, opens, '10000004', '1', 'in');
	ASSERT a.reason = 'not_admitted', a;
	a := scan('\x09', 1, 9, opens, '10000004', '0', 'in');
	ASSERT a.status = 'ok' AND a.flag = 'not_checked_in', a;
	UPDATE person SET state = 'cancelled' WHERE person = 5;
	a := scan('\x0a', 1, 10, opens, '10000005', '0', 'in');
	ASSERT a.reason = 'cancelled', a;
	UPDATE badge SET state = 'revoked' WHERE badge = '10000006';
	a := scan('\x0b', 1, 11, opens, '10000006', '0', 'in');
	ASSERT a.reason = 'revoked_badge' AND a.flag = 'revoked_badge', a;
	ASSERT (SELECT count(*) FROM ledger) = 11, 'an attempt is not in the ledger';
END $$;
ROLLBACK;
