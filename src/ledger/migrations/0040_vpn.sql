-- What was agreed about each VPN. Its number names its addresses and is never given twice at a time. A tenant is not
-- forgotten while its tunnels stand on gateways.
create table vpn (
  tenant text not null references tenant,
  site text not null references site,
  number integer not null unique check (number between 1 and 65000),
  gateway text not null references host,
  spec jsonb not null,
  added_at timestamptz not null default now(),
  changed_at timestamptz not null default now(),
  primary key (tenant, site)
);

create table vpn_norms (
  tenant text primary key references tenant on delete cascade,
  norms text not null,
  recorded_at timestamptz not null default now()
);
