-- Who retired stays so: no right of `app` brings an operator back, or moves the day.
create function operator_stays_retired() returns trigger language plpgsql as $$
begin
  raise exception 'operator % retired at % and stays so', old.email, old.retired_at using errcode = 'restrict_violation';
end $$;

create trigger operator_stays_retired before update on operator for each row
  when (old.retired_at is not null and new.retired_at is distinct from old.retired_at)
  execute function operator_stays_retired();

-- Where in the journal a signed request was written down.
create index journal_signed on journal using hash (signature) where signature is not null;
