-- Dated proof of what was found, with what it was found.
create table evidence (
  id uuid primary key default gen_random_uuid(),
  kind text not null,
  environment text not null references environment on delete cascade,
  subject text not null,
  at timestamptz not null,
  tool text not null,
  version text not null,
  passed boolean not null,
  body jsonb not null
);
create index evidence_latest on evidence (environment, kind, subject, at desc);

-- A proof is never rewritten.
revoke update on evidence from selfhelp_app;

-- Tells a key again that another tenant uses, without showing it.
alter table certificate add column key_fingerprint text;
create index certificate_key on certificate (key_fingerprint);
create index certificate_newest on certificate (hostname, created_at desc);
