-- The ledger's first shape. Nothing is keyed by an address: hosts are replaced, names stay.

create table setting (
  name text primary key,
  value jsonb not null
);

create table operator (
  email text primary key check (email = lower(email) and email like '%_@_%'),
  role text not null check (role in ('cmc', 'approver', 'machine')),
  public_key text not null unique,
  added_at timestamptz not null default now(),
  retired_at timestamptz
);

-- Sealed by the key-encryption key; what stands here opens nothing by itself.
create table secret (
  name text primary key,
  key_id text not null,
  sealed bytea not null,
  created_at timestamptz not null default now(),
  rotated_at timestamptz
);

-- The key-encryption key, sealed to public keys whose private halves lie in a safe.
create table recovery_key (
  fingerprint text primary key,
  pem text not null,
  key_id text not null,
  sealed bytea not null,
  sealed_at timestamptz not null default now()
);

create table site (
  name text primary key,
  country char(2) not null,
  tier text not null,
  iso27001 date not null,
  soc2 date not null,
  added_at timestamptz not null default now()
);

create table host (
  name text primary key,
  site text not null references site,
  address text not null,
  port integer not null default 22,
  host_key text not null,
  roles text[] not null,
  facts jsonb not null default '{}',
  added_at timestamptz not null default now(),
  retired_at timestamptz
);

create table probe (
  name text primary key,
  kind text not null check (kind in ('netns', 'ssh')),
  target jsonb not null
);

create table release (
  version text not null,
  architecture text not null,
  schema_level integer not null,
  sha256 text not null,
  size bigint not null,
  signature text not null,
  manifest jsonb not null,
  added_at timestamptz not null default now(),
  primary key (version, architecture)
);

create table tenant (
  name text primary key,
  legal_name text not null,
  locale text not null,
  time_zone text not null,
  contract jsonb not null,
  created_at timestamptz not null default now(),
  handed_over_at timestamptz
);

create table contact (
  tenant text not null references tenant on delete cascade,
  id text not null,
  name text not null,
  email text not null,
  language text not null,
  roles text[] not null,
  primary key (tenant, id)
);

-- `id` names everything of the environment on hosts: e + 6 base32 characters.
create table environment (
  id text primary key check (id ~ '^e[a-z2-7]{6}$'),
  tenant text not null references tenant on delete cascade,
  name text not null check (name in ('production', 'qualification', 'test', 'training')),
  phase text not null check (phase in ('installation', 'implementation', 'production')),
  version text not null,
  topology text not null,
  created_at timestamptz not null default now(),
  unique (tenant, name)
);

create table placement (
  environment text not null references environment on delete cascade,
  role text not null,
  host text not null references host,
  reason text not null,
  primary key (environment, role, host)
);
create index placement_by_host on placement (host);

create table port (
  host text not null references host,
  port integer not null,
  environment text not null references environment on delete cascade,
  purpose text not null,
  primary key (host, port),
  unique (host, environment, purpose)
);
create index port_by_environment on port (environment);

create table hostname (
  name text primary key,
  environment text not null references environment on delete cascade,
  face text not null check (face in ('presentation', 'edition'))
);
create index hostname_by_environment on hostname (environment);

create table certificate (
  id uuid primary key default gen_random_uuid(),
  hostname text not null references hostname on delete cascade,
  chain text not null,
  key_secret text not null,
  fingerprint text not null unique,
  not_before timestamptz not null,
  not_after timestamptz not null,
  issuer text not null,
  derogation jsonb,
  created_at timestamptz not null default now()
);

create table document (
  id uuid primary key default gen_random_uuid(),
  tenant text not null references tenant on delete cascade,
  kind text not null,
  locale text not null,
  body text not null,
  created_at timestamptz not null default now()
);

-- What a removed tenant left us to keep, and until when. No reference: the tenant is gone.
create table farewell (
  id uuid primary key default gen_random_uuid(),
  tenant text not null,
  host text,
  path text not null,
  sha256 text not null,
  key_secret text not null,
  expires_at timestamptz not null,
  expired_at timestamptz
);

create table executor (
  id text primary key,
  machine text not null,
  pid integer not null,
  purpose text not null,
  started_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now(),
  ended_at timestamptz
);

create table run (
  id text primary key,
  runbook text not null,
  title text not null,
  change text not null,
  input jsonb not null,
  input_hash text not null,
  subject text not null,
  tenant text,
  environments text[] not null default '{}',
  locks text[] not null default '{}',
  state text not null check (state in ('queued', 'running', 'stopped', 'undoing', 'undone', 'done', 'abandoned')),
  stopped jsonb,
  operator text not null,
  reason text,
  request jsonb not null,
  signature text not null,
  plan_hash text,
  executor text,
  queued_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz
);
-- One unfinished run per runbook and subject: typing the same again continues it.
create unique index run_unfinished on run (runbook, subject) where state in ('queued', 'running', 'stopped', 'undoing');
create index run_by_state on run (state, queued_at);

create table run_step (
  run text not null references run,
  position integer not null,
  name text not null,
  state text not null check (state in ('making', 'held', 'made', 'failed', 'undone', 'undo-failed')),
  detail jsonb not null default '{}',
  started_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (run, position)
);

-- The row stays when nobody holds the lock: its epoch only ever grows.
create table lock (
  name text primary key,
  epoch bigint not null default 0,
  run text,
  owner text,
  executor text,
  machine text,
  pid integer,
  reason text,
  taken_at timestamptz,
  heartbeat_at timestamptz
);

create table schedule (
  name text primary key,
  recurrence text not null,
  zone text not null,
  runbook text not null,
  input jsonb not null,
  catch_up boolean not null default false,
  since timestamptz not null default now()
);

create table firing (
  schedule text not null references schedule on delete cascade,
  instant timestamptz not null,
  state text not null check (state in ('fired', 'missed')),
  run text,
  primary key (schedule, instant)
);

create table event (
  id uuid primary key default gen_random_uuid(),
  kind text not null,
  subject text not null,
  tenant text,
  owner text,
  remedy text not null,
  detail jsonb not null default '{}',
  first_seen timestamptz not null default now(),
  last_seen timestamptz not null default now(),
  closed_at timestamptz
);
create unique index event_open on event (kind, subject) where closed_at is null;

-- Append-only by rights: the role `app` may insert and select, nothing else.
create table journal (
  sequence bigint primary key,
  at timestamptz not null,
  kind text not null,
  tenant text,
  subject text not null,
  run text,
  step text,
  operator text not null,
  account text not null,
  machine text not null,
  reason text,
  ticket text,
  plan_hash text,
  result text not null,
  body jsonb not null,
  signature text,
  previous bytea not null,
  previous_of_tenant bytea,
  hash bytea not null unique
);
create index journal_by_tenant on journal (tenant, sequence);
create index journal_by_time on journal (at);

grant usage on schema public to selfhelp_app;
grant select, insert, update, delete on all tables in schema public to selfhelp_app;
alter default privileges in schema public grant select, insert, update, delete on tables to selfhelp_app;
revoke update, delete on journal from selfhelp_app;
revoke insert, update, delete on pgmigrations from selfhelp_app;
