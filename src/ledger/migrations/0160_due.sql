-- The certificates that are served, the first to end first.
create index certificate_ending on certificate (not_after, hostname) where state = 'served';

-- When a job is to be looked at next: nobody looks at those that are not due. Null is now.
alter table schedule add column due_at timestamptz;
create index schedule_due on schedule (due_at nulls first);
