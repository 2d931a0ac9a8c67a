SELECT seq, chain, state, digest FROM anchor WHERE id = 1;
