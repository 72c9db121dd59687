-- device, requests, scans, highest, heard, backlog
INSERT INTO device (device, requests, scans, highest, heard, backlog) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (device) DO UPDATE SET requests = device.requests + excluded.requests,
	scans = device.scans + excluded.scans,
	highest = CASE WHEN excluded.highest > device.highest THEN excluded.highest ELSE device.highest END,
	heard = excluded.heard, backlog = excluded.backlog
