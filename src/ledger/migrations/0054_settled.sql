-- What `init` settles once is trusted from then on: names, certificates and keys stand on it, and nobody may put another there.
create function setting_stays() returns trigger language plpgsql as $$
begin
  if old.name in ('base-domain', 'ca-certificate', 'ssh-public-key', 'journal-public-key', 'machine-operator')
    and (tg_op = 'DELETE' or new.name <> old.name or new.value <> old.value) then
    raise exception 'the setting % was settled by init and stays so', old.name using errcode = 'restrict_violation';
  end if;
  return case tg_op when 'DELETE' then old else new end;
end $$;

create trigger setting_stays before update or delete on setting for each row execute function setting_stays();
