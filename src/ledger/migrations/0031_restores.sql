-- A request to go back, from the customer's word to what came of it (R233–R242).
create table restore (
  id text primary key,
  environment text not null references environment on delete cascade,
  target timestamptz not null,
  state text not null check (state in
    ('requested', 'planned', 'agreed', 'running', 'done', 'undone', 'refused', 'cancelled')),
  asked_by text not null,
  channel text not null,
  ticket text not null,
  asked_at timestamptz not null,
  -- By when it must have been done, from the age of the target (R235, R236).
  due_at timestamptz not null,
  plan jsonb,
  agreed_for timestamptz,
  agreed_by text,
  run text,
  detail jsonb not null default '{}',
  ended_at timestamptz
);
create index restore_by_time on restore (asked_at desc);
-- Two at once would each be the other's past.
create unique index restore_running on restore (environment) where state = 'running';

-- Which line of WAL was the real one, and from when: a restore begins another.
create table backup_timeline (
  environment text not null references environment on delete cascade,
  since timestamptz not null,
  timeline integer not null,
  primary key (environment, since)
);
