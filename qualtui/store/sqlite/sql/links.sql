-- All that the hash chain is made of.
SELECT seq, at, type, version, epoch, key, payload_hash, salt, payload, chain FROM events ORDER BY seq;
