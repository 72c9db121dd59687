-- session, ledger, position, day, room, type, counts, title_en, title_fr, title_ar, starts, ends, continues, capacity, admits, invented
INSERT INTO session (session, ledger, position, day, room, type, counts, title_en, title_fr, title_ar,
	starts, ends, continues, capacity, admits, invented)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
ON CONFLICT (session, ledger) DO UPDATE SET position = excluded.position, day = excluded.day, room = excluded.room,
	type = excluded.type, counts = excluded.counts, title_en = excluded.title_en, title_fr = excluded.title_fr,
	title_ar = excluded.title_ar, starts = excluded.starts, ends = excluded.ends, continues = excluded.continues,
	capacity = excluded.capacity, admits = excluded.admits, invented = excluded.invented
