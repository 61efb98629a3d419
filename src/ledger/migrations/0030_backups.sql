-- Backups, drills and restores. What a removed environment leaves of these goes with it.

-- From here on its WAL goes to a repository: written first, taken back when the activation is undone.
create table backup (
  environment text primary key references environment on delete cascade,
  asked_by text not null,
  request text not null,
  since timestamptz not null default now()
);

-- What a database held at a restore point, measured on the source: a restore to that point must give the same.
create table backup_figures (
  point text primary key,
  environment text not null references environment on delete cascade,
  at timestamptz not null,
  figures jsonb not null
);
create index backup_figures_by_time on backup_figures (environment, at desc);

-- A test restore and what came of it: evidence, and how long a restore of this environment takes.
create table drill (
  id text primary key,
  environment text not null references environment on delete cascade,
  point text not null,
  backup text not null,
  ok boolean not null,
  at timestamptz not null,
  detail jsonb not null
);
create index drill_by_time on drill (environment, at desc);

-- The last look at an environment's backups; what it found is in `event`.
create table backup_look (
  environment text primary key references environment on delete cascade,
  at timestamptz not null,
  look jsonb not null
);
