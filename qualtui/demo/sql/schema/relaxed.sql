-- The variant of a deployment where somebody dropped the CHECK that rejects the agent's estados.
alter table sessions drop constraint sessions_estado_check;
