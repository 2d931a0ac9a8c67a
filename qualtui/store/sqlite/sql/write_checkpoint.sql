INSERT OR REPLACE INTO checkpoints (seq, fold, at, state, digest) VALUES (:seq, :fold, :at, :state, :digest);
