-- day, date, starts, ends
INSERT INTO day (day, date, starts, ends) VALUES ($1, $2, $3, $4)
ON CONFLICT (day) DO UPDATE SET date = excluded.date, starts = excluded.starts, ends = excluded.ends
