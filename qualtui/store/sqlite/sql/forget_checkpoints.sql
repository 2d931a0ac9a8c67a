-- Checkpoints that may hold what an erased event said.
DELETE FROM checkpoints WHERE seq >= :seq;
