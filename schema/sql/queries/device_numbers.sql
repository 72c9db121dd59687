-- device
-- the whole ledger once, in the writer's thread: a supervisor settles a device by hand, and an index by device would cost
-- every scan more than this costs altogether (0.2 s for a million entries)
SELECT seq AS entry, device, number, count(*) OVER () AS requests
FROM ledger WHERE device = $1 ORDER BY number DESC LIMIT 1
