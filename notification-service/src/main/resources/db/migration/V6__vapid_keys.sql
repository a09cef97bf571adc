-- With what this installation signs its Web Pushes (RFC 8292), where no keys are set. At most one row, made by the node
-- that needs it first and never changed: browsers' subscriptions are good for its public key alone.
CREATE TABLE vapid_keys (
    id smallint PRIMARY KEY,
    -- An uncompressed point of P-256, base64url.
    public_key text NOT NULL,
    -- PKCS #8, sealed with a key derived from PARLEY_SECRET.
    sealed_private_key text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT vapid_keys_one CHECK (id = 1)
);
