-- Events that RabbitMQ has not confirmed yet. Order is kept within an exchange.
CREATE TABLE outbox (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    exchange    varchar(255) NOT NULL,
    routing_key varchar(255) NOT NULL,
    message_id  varchar(255) NOT NULL,
    payload     text NOT NULL,
    created_at  timestamptz NOT NULL
);
CREATE INDEX outbox_by_exchange ON outbox (exchange, id);
