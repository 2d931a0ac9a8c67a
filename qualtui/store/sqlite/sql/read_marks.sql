SELECT minutes_until, hours_until, raw_from, minutes_from FROM marks WHERE id = 1;
