-- Fails where feedback of an early version holds its answers as a list.
alter table content.feedback add constraint answers_are_named check (jsonb_typeof(answers) = 'object');
