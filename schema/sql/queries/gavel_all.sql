--
SELECT session, op, coalesce(since, at + coalesce(clock_offset, 0)) AS at
FROM ledger
WHERE op IN ('open_session', 'close_session', 'clear') AND reason IS NULL
ORDER BY seq
