-- Incidents with events, the newest numbers first.
SELECT DISTINCT number FROM events WHERE number > 0 AND number < :before ORDER BY number DESC LIMIT :limit;
