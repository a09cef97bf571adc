-- Who sees whether the account is online, with its status; and, of those, who sees when it last was.
ALTER TABLE privacy_settings
    ADD COLUMN presence  varchar(8) NOT NULL DEFAULT 'everyone',
    ADD COLUMN last_seen varchar(8) NOT NULL DEFAULT 'everyone';
