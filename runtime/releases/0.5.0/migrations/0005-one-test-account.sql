-- Migrates well, and then no second test account can be made: where there is one, the check of the sign-in fails.
create unique index one_test_account on content.account (role) where role = 'test';
