UPDATE marks
SET minutes_until = :minutes_until, hours_until = :hours_until, raw_from = :raw_from, minutes_from = :minutes_from
WHERE id = 1;
