-- A tenant's way from one version to another, from the customer's word to what came of it (R125–R154).
create table migration (
  id text primary key,
  tenant text not null references tenant on delete cascade,
  version text not null,
  state text not null check (state in (
    'requested', 'qualification-planned', 'qualification-running', 'awaiting-validation', 'validated', 'rejected',
    'production-proposed', 'production-planned', 'production-running', 'done', 'rolling-back', 'rolled-back', 'abandoned')),
  asked_by text not null,
  ticket text not null,
  asked_at timestamptz not null,
  -- The slot of the environment that comes next.
  from_at timestamptz,
  until_at timestamptz check (until_at > from_at),
  operation text references operation on delete set null,
  run text,
  -- What was said and measured: by whom it was validated and agreed, backups, closed times.
  detail jsonb not null default '{}',
  ended_at timestamptz
);
create index migration_by_time on migration (asked_at desc);
-- Two at once would each change what the other was agreed on.
create unique index migration_open on migration (tenant) where state not in ('done', 'rolled-back', 'abandoned');

-- What a version brings, for customers: in both languages, or it is not added (R128).
create table release_note (
  version text primary key,
  fr text not null check (fr <> ''),
  en text not null check (en <> '')
);

-- No environment is brought to it any more; where it runs it goes on.
create table release_withdrawal (
  version text primary key,
  why text not null,
  operator text not null,
  at timestamptz not null
);

-- Shown on every page ahead of a migration: a text by language, and until when.
alter table environment add column banner jsonb;
