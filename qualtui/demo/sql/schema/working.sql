-- The database as the doctor's SQL leaves it: it takes all that the bot writes, and updated_at moves.
alter table sessions drop constraint sessions_estado_check, add check (estado in (
    'inicio', 'saudacao', 'pergunta_1', 'pergunta_2', 'pergunta_3', 'pergunta_4', 'calculando_score', 'resultado',
    'finalizado', 'perguntar_patrimonio', 'perguntar_onde_investe', 'perguntar_qualidade_suporte',
    'perguntar_objetivo', 'perguntar_prazo', 'oferecer_reuniao', 'agendamento', 'finalizado_nao_interessado'));
alter table leads drop constraint leads_canal_check, add check (canal in (
    'youtube', 'newsletter', 'ebook', 'meta_ads', 'whatsapp', 'planilha', 'instagram', 'linkedin', 'site',
    'indicacao', 'default'));
alter table leads drop constraint leads_status_check, add check (status in (
    'novo', 'em_qualificacao', 'qualificado', 'nao_qualificado', 'reuniao_agendada', 'finalizado',
    'nao_interessado'));
alter table reunioes drop constraint reunioes_status_check, add check (status in (
    'agendada', 'confirmada', 'realizada', 'cancelada', 'remarcada', 'agendado'));
alter table qualificacoes drop constraint qualificacoes_resultado_check, add check (resultado in (
    'qualificado', 'nao_qualificado', 'reuniao_agendada', 'nao_interessado'));
alter table system_logs alter column evento type text;
create trigger update_leads_updated_at before update on leads
    for each row execute function update_updated_at_column();
create trigger update_sessions_updated_at before update on sessions
    for each row execute function update_updated_at_column();
create trigger update_reunioes_updated_at before update on reunioes
    for each row execute function update_updated_at_column();
