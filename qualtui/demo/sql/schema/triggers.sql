-- The variant of a deployment where somebody repaired the invalid CREATE TRIGGER statements.
create trigger update_leads_updated_at before update on leads
    for each row execute function update_updated_at_column();
create trigger update_sessions_updated_at before update on sessions
    for each row execute function update_updated_at_column();
create trigger update_reunioes_updated_at before update on reunioes
    for each row execute function update_updated_at_column();
create trigger sync_lead_score_trigger after insert or update on qualificacoes
    for each row execute function sync_lead_score();
