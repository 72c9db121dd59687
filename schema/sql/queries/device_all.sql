--
SELECT device, requests, highest, heard, backlog FROM device ORDER BY device
