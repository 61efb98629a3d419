-- Names a customer brought along, beside the two that every environment has (R027).
alter table hostname add column own boolean not null default false;
alter table hostname add column verified_at timestamptz;
