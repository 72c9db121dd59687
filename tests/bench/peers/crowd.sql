-- As many people and rooms as ours has, all checked in and with a badge. :people, :opens (Unix milliseconds)
INSERT INTO person SELECT n, 'accredited', (ARRAY['MA', 'TR', 'SN', 'MY', 'AZ', 'EG', 'ID', 'PK'])[(n - 1) % 8 + 1],
	'delegate', 1 FROM generate_series(1, :people) AS n;
INSERT INTO badge SELECT (10000000 + n)::text, n, 'valid' FROM generate_series(1, :people) AS n;
INSERT INTO session SELECT n::text, :opens, :opens + 5 * 3600000 FROM generate_series(0, 15) AS n;
