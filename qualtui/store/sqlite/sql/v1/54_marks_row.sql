INSERT INTO marks (id, minutes_until, hours_until, raw_from, minutes_from) VALUES (1, 0, 0, 0, 0);
