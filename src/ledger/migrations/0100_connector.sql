-- How a function of a tenant reaches a server of the customer's: by anybody's way, by ours alone, or through a VPN (R064).
create table connector (
  tenant text not null references tenant on delete cascade,
  name text not null,
  purpose text not null check (purpose in ('ldap', 'mail', 'sso', 'tickets')),
  address text not null,
  port integer not null check (port between 1 and 65535),
  reachability text not null check (reachability in ('public', 'restricted', 'vpn')),
  added_at timestamptz not null default now(),
  primary key (tenant, name)
);
