INSERT INTO events (seq, at, type, version, epoch, key, number, about, salt, payload, payload_hash, chain)
VALUES (:seq, :at, :type, :version, :epoch, :key, :number, :about, :salt, :payload, :payload_hash, :chain)
ON CONFLICT (key) WHERE key <> '' DO NOTHING;
