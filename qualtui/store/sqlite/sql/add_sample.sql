INSERT INTO samples (series, at, value) VALUES (:series, :at, :value)
ON CONFLICT (series, at) DO UPDATE SET value = excluded.value;
