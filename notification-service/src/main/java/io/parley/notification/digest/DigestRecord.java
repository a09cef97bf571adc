package io.parley.notification.digest;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is kept on a user's digests.
 *
 * @param unreadSince when the oldest message was sent that none has told of; null: there is none
 * @param notBefore no digest before
 * @param toldThrough when the newest message was sent that one had to tell of
 * @param inARow how many since the user last read anything
 */
public record DigestRecord(
    @Nullable Instant unreadSince,
    @Nullable Instant notBefore,
    @Nullable Instant toldThrough,
    int inARow) {}
