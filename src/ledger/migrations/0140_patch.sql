-- On which host a planned operation works, where it is about a host; and what patching a host found and left.
alter table operation add column host text references host;
create table patch (
  run text primary key,
  host text not null references host on delete cascade,
  plan text not null,
  at timestamptz not null,
  -- Name → version, before anything was changed.
  before jsonb not null,
  -- What was newer in the sources of the host: {name, from, to, security}.
  upgrades jsonb not null,
  -- Names whose earlier package lay on the host before it was replaced.
  kept jsonb,
  -- Name → version, once all was checked.
  after jsonb,
  restarted boolean
);
