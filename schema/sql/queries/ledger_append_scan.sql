-- seq, id, op, reason, flag, principal, role, actor, device, number, at, clock_offset, received, person, badge, session, room, direction, corrects, answer, digest
INSERT INTO ledger (seq, id, op, reason, flag, principal, role, actor, device, number, at, clock_offset, received,
	person, badge, session, room, direction, corrects, answer, digest)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
