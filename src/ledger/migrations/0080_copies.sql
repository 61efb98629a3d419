-- An environment that holds what another held at a moment: its pages say so, and nothing leaves it until a contact of the
-- customer lifts that (R139).
create table environment_copy (
  environment text primary key references environment on delete cascade,
  -- `acme/production`
  origin text not null,
  moment timestamptz not null,
  -- What was made unrecognisable before anybody got in.
  masked text[] not null,
  made_at timestamptz not null,
  lifted_at timestamptz,
  lifted_by text,
  -- Only production is backed up and restored; nothing is ever copied into it.
  constraint never_into_its_origin check (origin like '%/production')
);

-- Where a request puts what it restores, when that is not where it came from.
alter table restore add column copied_to text references environment on delete cascade;
alter table restore add constraint not_into_itself check (copied_to is distinct from environment);
create unique index restore_running_into on restore (copied_to) where state = 'running';
