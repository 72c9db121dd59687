-- id
SELECT seq, digest, op, reason, person, badge, session, direction, admitted, corrects, answer FROM ledger WHERE id = $1
