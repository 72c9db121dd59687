-- seq, cause, id, op, reason, flag, principal, role, actor, device, number, at, clock_offset, received, person, badge, session, room, direction, day, since, until, corrects, entity, also, category, level, gender, language, accredited, walk_in, remote, admitted, source, answer, digest, door_reason, server_reason
INSERT INTO ledger (seq, cause, id, op, reason, flag, principal, role, actor, device, number, at, clock_offset,
	received, person, badge, session, room, direction, day, since, until, corrects, entity, also, category, level,
	gender, language, accredited, walk_in, remote, admitted, source, answer, digest, door_reason, server_reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
	$24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38)
