-- A test restore of the ledger itself: what it held at a restore point, and what came of it.
create table ledger_drill (
  id text primary key,
  point text not null unique,
  at timestamptz not null,
  figures jsonb not null,
  ok boolean,
  detail jsonb not null default '{}'
);
