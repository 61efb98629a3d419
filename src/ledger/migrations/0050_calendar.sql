-- What the calendar decides by. Spans are [from_at, until_at).

-- Without a tenant: every production platform.
create table freeze_window (
  id text primary key,
  tenant text references tenant on delete cascade,
  from_at timestamptz not null,
  until_at timestamptz not null check (until_at > from_at),
  why text not null,
  declared_by text not null,
  operator text not null,
  added_at timestamptz not null,
  removed_at timestamptz
);

-- A change with a date on one environment; those planned together share a plan.
create table operation (
  id text primary key,
  plan text not null,
  environment text not null references environment on delete cascade,
  change text not null,
  title text not null,
  state text not null check (state in ('planned', 'running', 'done', 'cancelled')),
  from_at timestamptz not null,
  until_at timestamptz not null check (until_at > from_at),
  -- Grows with each new date; invitations and notices carry it.
  sequence integer not null default 0,
  slot_because text,
  agreed_by text,
  agreed_at timestamptz,
  trial jsonb,
  run text,
  -- Measured: how long users were shut out.
  closed_seconds integer,
  operator text not null,
  reason text,
  ticket text,
  planned_at timestamptz not null,
  ended_at timestamptz
);
create index operation_by_environment on operation (environment, from_at);

-- The customer validates what is there: nothing may change under them.
create table validation (
  environment text primary key references environment on delete cascade,
  what text not null,
  since timestamptz not null
);

-- Requests per quarter of an hour, read from the logs of the edge; kept for five weeks.
create table activity (
  environment text not null references environment on delete cascade,
  quarter timestamptz not null,
  requests bigint not null,
  primary key (environment, quarter)
);

-- Two people, or it is none. What was asked and what was answered are signed, and never change.
create table override (
  id text primary key,
  rule text not null check (rule in ('freeze', 'budget', 'rollback')),
  environment text not null references environment on delete cascade,
  change text,
  reason text not null,
  from_at timestamptz not null,
  until_at timestamptz not null check (until_at > from_at),
  requester text not null references operator,
  requested_at timestamptz not null,
  answer_by timestamptz not null,
  request jsonb not null,
  signature text not null,
  approver text references operator,
  approved_at timestamptz,
  approval jsonb,
  approval_signature text,
  constraint two_people check (approver <> requester),
  constraint answered_in_time check (approved_at < answer_by),
  constraint answered_whole check (num_nulls(approver, approved_at, approval, approval_signature) in (0, 4))
);

create function override_is_answered_once() returns trigger language plpgsql as $$
begin
  if old.approver is not null then
    raise exception 'override % was answered', old.id using errcode = 'restrict_violation';
  end if;
  if (select role from operator where email = new.approver and retired_at is null) is distinct from 'approver' then
    raise exception '% approves nothing', new.approver using errcode = 'restrict_violation', constraint = 'approver_role';
  end if;
  return new;
end $$;

create trigger override_is_answered_once before update on override for each row
  execute function override_is_answered_once();

create function override_begins_unanswered() returns trigger language plpgsql as $$
begin
  if new.approver is not null then
    raise exception 'an override begins without an answer' using errcode = 'restrict_violation';
  end if;
  return new;
end $$;

create trigger override_begins_unanswered before insert on override for each row
  execute function override_begins_unanswered();

revoke update, delete on override from selfhelp_app;
grant update (approver, approved_at, approval, approval_signature) on override to selfhelp_app;
revoke delete on freeze_window from selfhelp_app;
