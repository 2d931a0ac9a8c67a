INSERT OR REPLACE INTO anchor (id, seq, chain, state, digest) VALUES (1, :seq, :chain, :state, :digest);
