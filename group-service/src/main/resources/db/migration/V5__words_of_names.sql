-- What searches compare, folded by the service: null, and folded false, until somebody has filled it in.
ALTER TABLE groups
    ADD COLUMN words  text[] COLLATE "C",
    ADD COLUMN folded boolean NOT NULL DEFAULT false;
CREATE INDEX public_groups_by_word ON groups USING gin (array_to_tsvector(words)) WHERE visibility = 'PUBLIC';
CREATE INDEX groups_to_fold ON groups (id) WHERE NOT folded;
-- Of the username and the display name. Searched within one group, so no index serves it.
ALTER TABLE people
    ADD COLUMN words  text[] COLLATE "C",
    ADD COLUMN folded boolean NOT NULL DEFAULT false;
CREATE INDEX people_to_fold ON people (user_id) WHERE NOT folded;

-- A node of before changes a name without its words.
CREATE FUNCTION fold_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.folded := false;
    RETURN NEW;
END
$$;
CREATE TRIGGER groups_fold_again BEFORE UPDATE OF name ON groups FOR EACH ROW
    WHEN (NEW.name <> OLD.name AND NEW.words IS NOT DISTINCT FROM OLD.words) EXECUTE FUNCTION fold_again();
CREATE TRIGGER people_fold_again BEFORE UPDATE OF username, display_name ON people FOR EACH ROW
    WHEN ((NEW.username, NEW.display_name) <> (OLD.username, OLD.display_name)
        AND NEW.words IS NOT DISTINCT FROM OLD.words) EXECUTE FUNCTION fold_again();
