ALTER TABLE accounts
    ADD COLUMN bio       varchar(500),
    -- BCP 47, in canonical form.
    ADD COLUMN locale    varchar(35),
    -- IANA.
    ADD COLUMN time_zone varchar(64),
    -- Another picture has another tag; null without one.
    ADD COLUMN avatar    varchar(22) COLLATE "C";

-- Apart from accounts, whose rows are read far more often than pictures are.
CREATE TABLE avatars (
    account_id uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    -- At most 256 by 256 pixels: up to some 200 kB, compressed already.
    png        bytea STORAGE EXTERNAL NOT NULL
);

-- Without a row everything is for everyone.
CREATE TABLE privacy_settings (
    account_id   uuid PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    -- everyone, contacts (those whom the account has as contacts), nobody
    discoverable varchar(8) NOT NULL,
    profile      varchar(8) NOT NULL
);

CREATE TABLE contacts (
    owner   uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    contact uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    since   timestamptz NOT NULL,
    PRIMARY KEY (owner, contact)
);
-- Serves deleting an account and a block.
CREATE INDEX contacts_by_contact ON contacts (contact);

CREATE TABLE blocks (
    blocker uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    blocked uuid NOT NULL REFERENCES accounts ON DELETE CASCADE,
    -- Of the change that made it.
    version bigint NOT NULL,
    since   timestamptz NOT NULL,
    PRIMARY KEY (blocker, blocked)
);
CREATE INDEX blocks_by_blocked ON blocks (blocked);
-- Serves the pages of all blocks that other services rebuild from.
CREATE UNIQUE INDEX blocks_by_version ON blocks (version);

-- Numbers blocking and letting go. Taken under the locks of both accounts: of one pair they only grow.
CREATE SEQUENCE block_versions;
