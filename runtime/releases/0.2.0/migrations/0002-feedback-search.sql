-- Only adds: the code of before would not notice. On much feedback the indexes take their time.
alter table content.feedback add column comment text;
create index feedback_by_procedure on content.feedback (procedure, at);
create index feedback_by_answer on content.feedback using gin (answers);
