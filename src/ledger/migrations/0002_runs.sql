-- An attempt is one executor's following of a run; it grows each time somebody takes the run, so that the records of a
-- superseded executor are refused. An executor's id tells its machine's boot, its process and when that one started.
alter table run add column attempt integer not null default 0;
