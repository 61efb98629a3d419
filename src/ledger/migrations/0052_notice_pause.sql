-- Nothing is sent for a tenant, or for `all`, until somebody ends the pause.
create table notice_pause (
  owner text primary key,
  because text not null,
  operator text not null,
  since timestamptz not null
);
alter table relay drop column paused_because;
