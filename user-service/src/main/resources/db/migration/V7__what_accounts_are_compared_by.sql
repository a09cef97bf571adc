-- Folded by the service, never by lower(): null, and folded false, until somebody has filled them in.
-- A node of before writes none of it.
ALTER TABLE accounts
    -- Null as well where the address is another account's in another spelling, from before.
    ADD COLUMN email_key         text COLLATE "C",
    -- UTS 39: names that look the same have the same. Null as well beside an older name that looks the same.
    ADD COLUMN username_skeleton text COLLATE "C",
    -- Of the username and the display name.
    ADD COLUMN words             text[] COLLATE "C",
    ADD COLUMN folded            boolean NOT NULL DEFAULT false;
CREATE UNIQUE INDEX accounts_email_key_key ON accounts (email_key);
CREATE UNIQUE INDEX accounts_skeleton_key ON accounts (username_skeleton);
-- Serves the search for people by the beginnings of words.
CREATE INDEX accounts_by_word ON accounts USING gin (array_to_tsvector(words));
CREATE INDEX accounts_to_fold ON accounts (id) WHERE NOT folded;

-- A node of before changes a name or an address without what it is compared by.
CREATE FUNCTION fold_account_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF lower(NEW.email) IS DISTINCT FROM lower(OLD.email)
        AND NEW.email_key IS NOT DISTINCT FROM OLD.email_key THEN
        NEW.email_key := NULL;
        NEW.folded := false;
    END IF;
    IF NEW.display_name <> OLD.display_name AND NEW.words IS NOT DISTINCT FROM OLD.words THEN
        NEW.folded := false;
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER accounts_fold_again BEFORE UPDATE OF email, display_name ON accounts
    FOR EACH ROW EXECUTE FUNCTION fold_account_again();
