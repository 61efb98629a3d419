-- Where a certificate says its responder is, when the issuer is served with it; nothing is stapled without one.
alter table certificate add column responder text;

-- What a responder last said of a certificate; edges give it along while it is fresh.
create table staple (
  certificate uuid primary key references certificate on delete cascade,
  -- Base64 of its DER; none after a responder that was not understood for so long that the last word is stale.
  response text,
  said_at timestamptz,
  until timestamptz,
  failures integer not null default 0,
  tried_at timestamptz,
  last_error text
);
