-- Where the monthly copy of an environment goes: a server of the customer (R232).
create table transfer_destination (
  environment text primary key references environment on delete cascade,
  protocol text not null check (protocol in ('ftps', 'sftp', 'ftp')),
  host text not null,
  port integer not null check (port between 1 and 65535),
  account text not null,
  folder text not null,
  -- The key of the server (sftp), its certificate or that of its authority (ftps).
  trust text,
  with_key boolean not null,
  -- The contact who takes it that nothing on the way is encrypted but the copy itself.
  plain_accepted_by text,
  changed_at timestamptz not null,
  constraint ftp_is_accepted check (protocol <> 'ftp' or plain_accepted_by is not null)
);

-- One copy, from being made to having arrived.
create table transfer (
  run text primary key,
  environment text not null references environment on delete cascade,
  file text not null,
  bytes bigint not null,
  sha256 text not null,
  made_at timestamptz not null,
  arrived_at timestamptz,
  arrived_at_place text
);
create index transfer_by_time on transfer (environment, made_at desc);
