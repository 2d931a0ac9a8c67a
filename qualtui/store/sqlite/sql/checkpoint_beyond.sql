-- A checkpoint knows an event that the log has not: its end was cut off.
SELECT count(*) FROM checkpoints WHERE seq > :head;
