-- What the role `app` may not do, even if it falls to somebody: replace an operator's key, change what was asked as a
-- run and signed, take a run away to ask for it again, or wake one that has ended.
revoke update, delete on operator from selfhelp_app;
grant update (retired_at) on operator to selfhelp_app;

revoke update, delete on run from selfhelp_app;
grant update (state, stopped, executor, attempt, started_at, ended_at) on run to selfhelp_app;
revoke delete on run_step from selfhelp_app;

create function run_stays_ended() returns trigger language plpgsql as $$
begin
  raise exception 'run % has ended as % and stays so', old.id, old.state using errcode = 'restrict_violation';
end $$;

create trigger run_stays_ended before update on run for each row
  when (old.state in ('undone', 'done', 'abandoned') and new.state is distinct from old.state)
  execute function run_stays_ended();
