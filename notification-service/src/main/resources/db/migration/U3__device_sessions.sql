DROP TABLE ended_sessions;
DELETE FROM devices WHERE channel <> 'FCM';
ALTER TABLE devices
    DROP CONSTRAINT devices_keys,
    DROP CONSTRAINT devices_channel,
    DROP COLUMN auth,
    DROP COLUMN p256dh,
    DROP COLUMN session_id,
    DROP COLUMN locale,
    DROP COLUMN name,
    DROP COLUMN channel;
