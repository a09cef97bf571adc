-- Roles, verified addresses, locks and bots; passwords move to a table of their own.
ALTER TABLE accounts
    ADD COLUMN kind              varchar(8) NOT NULL DEFAULT 'USER',
    -- Of a bot; null for people.
    ADD COLUMN owner_id          uuid REFERENCES accounts ON DELETE CASCADE,
    ADD COLUMN role              varchar(16) NOT NULL DEFAULT 'USER',
    -- Null until somebody has shown to read mail at the address.
    ADD COLUMN email_verified_at timestamptz,
    ADD COLUMN locked            boolean NOT NULL DEFAULT false,
    -- Bots have none.
    ALTER COLUMN email DROP NOT NULL;
CREATE INDEX accounts_by_owner ON accounts (owner_id) WHERE owner_id IS NOT NULL;

CREATE TABLE credentials (
    account_id    uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    -- Argon2id with its parameters, as the PHC string format has it.
    password_hash varchar(255) NOT NULL,
    changed_at    timestamptz NOT NULL
);
INSERT INTO credentials (account_id, password_hash, changed_at)
    SELECT id, password_hash, created_at FROM accounts;
ALTER TABLE accounts DROP COLUMN password_hash;
