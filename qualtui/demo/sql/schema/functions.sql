-- They exist in every deployment; without the triggers nothing calls them.
create function update_updated_at_column() returns trigger language plpgsql as $$
begin
    new.updated_at = now();
    return new;
end;
$$;

create function sync_lead_score() returns trigger language plpgsql as $$
begin
    update leads
       set score = new.score_total,
           status = case when new.score_total >= 70 then 'qualificado' else 'nao_qualificado' end
     where id = new.lead_id;
    return new;
end;
$$;
