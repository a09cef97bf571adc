DROP TRIGGER groups_fold_again ON groups;
DROP TRIGGER people_fold_again ON people;
DROP FUNCTION fold_again();
ALTER TABLE groups DROP COLUMN words, DROP COLUMN folded;
ALTER TABLE people DROP COLUMN words, DROP COLUMN folded;
