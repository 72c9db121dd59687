-- day, ledger, date, starts, ends
INSERT INTO day (day, ledger, date, starts, ends) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (day, ledger) DO UPDATE SET date = excluded.date, starts = excluded.starts, ends = excluded.ends
