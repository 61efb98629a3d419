alter table content.account add column last_sign_in_at timestamptz;
