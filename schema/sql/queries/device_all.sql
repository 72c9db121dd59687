--
SELECT device, requests, scans, highest, heard, backlog FROM device ORDER BY device
