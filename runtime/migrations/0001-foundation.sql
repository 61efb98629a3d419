-- Three schemas say what a table is for:
--   content     the customer's content: in the digest and in the export
--   credential  what lets people in: in the digest, never in the export
--   operation   sessions, heartbeat, schema level: in neither
create schema content;
create schema credential;
create schema operation;

create table operation.schema_level (
  level      integer primary key,
  name       text not null,
  sha256     text not null,
  applied_at timestamptz not null default now()
);

create table operation.heartbeat (
  role text primary key,
  at   timestamptz not null
);

-- Keys are random, not counted, so that work which is rolled back leaves no gap behind.
create table content.account (
  id         uuid primary key default gen_random_uuid(),
  email      text not null unique check (email = lower(email) and email ~ '^[^@\s]+@[^@\s]+$'),
  name       text not null default '',
  role       text not null check (role in ('administrator', 'author', 'test')),
  created_at timestamptz not null
);

create table content.feedback (
  id        uuid primary key default gen_random_uuid(),
  procedure text not null,
  step      text not null,
  helpful   boolean not null,
  answers   jsonb not null,
  release   text not null,
  at        timestamptz not null
);

create table credential.password (
  account_id uuid primary key references content.account on delete cascade,
  hash       text not null,
  set_at     timestamptz not null
);

create table credential.welcome (
  token_hash text primary key,
  account_id uuid not null references content.account on delete cascade,
  expires_at timestamptz not null,
  used_at    timestamptz
);

create table operation.session (
  id_hash    text primary key,
  account_id uuid not null references content.account on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null
);
create index on operation.session (account_id);
create index on operation.session (expires_at);
