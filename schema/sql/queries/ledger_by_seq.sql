-- seq
SELECT seq, op, reason, person, badge, session, direction, admitted, corrects, answer FROM ledger WHERE seq = $1
