-- device, requests, highest, heard, backlog
INSERT INTO device (device, requests, highest, heard, backlog) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (device) DO UPDATE SET requests = device.requests + excluded.requests,
	highest = CASE WHEN excluded.highest > device.highest THEN excluded.highest ELSE device.highest END,
	heard = excluded.heard, backlog = excluded.backlog
