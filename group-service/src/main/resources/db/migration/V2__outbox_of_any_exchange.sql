-- The outbox carries events for more than one exchange. Order is kept within an exchange.
ALTER TABLE outbox
    ADD COLUMN exchange    varchar(255),
    ADD COLUMN routing_key varchar(255),
    ADD COLUMN message_id  varchar(255);
UPDATE outbox
SET exchange = 'parley.groups', routing_key = 'group.' || group_id, message_id = group_id || ':' || version;
ALTER TABLE outbox
    ALTER COLUMN exchange SET NOT NULL,
    ALTER COLUMN routing_key SET NOT NULL,
    ALTER COLUMN message_id SET NOT NULL,
    DROP COLUMN group_id,
    DROP COLUMN version;
CREATE INDEX outbox_by_exchange ON outbox (exchange, id);
