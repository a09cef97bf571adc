DROP TRIGGER accounts_fold_again ON accounts;
DROP FUNCTION fold_account_again();
ALTER TABLE accounts
    DROP COLUMN email_key,
    DROP COLUMN username_skeleton,
    DROP COLUMN words,
    DROP COLUMN folded;
