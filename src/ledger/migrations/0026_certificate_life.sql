-- A certificate's whole life: one wildcard may serve several names, and the one before stays until the next is proven.
alter table certificate drop constraint certificate_fingerprint_key;
alter table certificate add constraint certificate_of_name unique (hostname, fingerprint);
alter table certificate add column state text not null default 'served'
  check (state in ('candidate', 'served', 'replaced', 'revoked'));
alter table certificate add column source text not null default 'internal'
  check (source in ('internal', 'customer', 'acme'));
-- The run that brought it.
alter table certificate add column run text;
create index certificate_state on certificate (hostname, state);

-- What each edge was last seen to serve for a certificate, from outside; `missing` until it has been reached.
create table certificate_edge (
  certificate uuid not null references certificate on delete cascade,
  host text not null references host,
  state text not null check (state in ('proven', 'missing')),
  at timestamptz not null,
  proof jsonb not null default '{}',
  primary key (certificate, host)
);

-- When a name's certificate is to be renewed, and what came of trying.
create table renewal (
  hostname text primary key references hostname on delete cascade,
  failures integer not null default 0,
  tried_at timestamptz,
  not_before timestamptz,
  last_error text
);
