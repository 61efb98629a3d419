-- Many tenants to one version, some before others: who is in it, and in which batch.
create table migration_wave (
  id text primary key,
  version text not null,
  state text not null check (state in ('running', 'paused', 'halted')),
  why text,
  operator text not null,
  created_at timestamptz not null
);
create table migration_wave_member (
  wave text not null references migration_wave on delete cascade,
  tenant text not null references tenant on delete cascade,
  position integer not null,
  batch integer not null,
  primary key (wave, tenant)
);
