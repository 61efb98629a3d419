-- Mail to contacts. One event is one notice for ever; each contact's copy is sent and recorded by itself.
create table notice (
  id text primary key,
  event text not null unique,
  kind text not null,
  tenant text not null references tenant on delete cascade,
  operation text references operation on delete cascade,
  sequence integer,
  facts jsonb not null,
  created_at timestamptz not null,
  withdrawn_at timestamptz
);
create index notice_by_tenant on notice (tenant, created_at);
create index notice_by_operation on notice (operation, sequence);

-- `sending` is written after the server asked for the content and before the first byte of it: from there on nobody
-- but a person sends it again.
create table delivery (
  notice text not null references notice on delete cascade,
  contact text not null,
  name text not null,
  email text not null,
  locale text not null,
  message_id text not null unique,
  subject text not null,
  body text not null,
  html text not null,
  invitation text,
  state text not null check (
    state in ('queued', 'deferred', 'sending', 'accepted', 'refused', 'bounced', 'uncertain', 'withdrawn')),
  attempts integer not null default 0,
  next_at timestamptz not null,
  claimed_by text,
  claimed_until timestamptz,
  reply text,
  accepted_at timestamptz,
  changed_at timestamptz not null,
  primary key (notice, contact)
);
create index delivery_due on delivery (next_at) where state in ('queued', 'deferred', 'sending');

-- How mail leaves: the platform's own way, or a customer's.
create table relay (
  owner text primary key,
  host text not null,
  port integer not null,
  security text not null check (security in ('smtp', 'starttls', 'smtps')),
  account text,
  sender text not null,
  ca text,
  per_hour integer not null check (per_hour > 0),
  paused_because text,
  changed_at timestamptz not null
);

-- When all contacts had accepted; null while one has not.
create view notice_sent as
  select notice, case when bool_and(state = 'accepted') then max(accepted_at) end as accepted_at
  from delivery group by notice;
grant select on notice_sent to selfhelp_app;
