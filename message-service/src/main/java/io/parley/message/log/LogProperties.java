package io.parley.message.log;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param keyset a Tink keyset (AEAD, JSON) for bodies; blank: one key derived from the fleet's
 *     secret
 * @param bucketEvents events in a partition. Fixed for the life of a keyspace
 * @param rememberedSends how many of a conversation's newest events are known by their
 *     clientMessageId, so that a repeat is answered and not stored again
 * @param rememberedByAuthor how many of each author's newest messages are known beyond those
 * @param idleExpiry how long Redis keeps the counter of a conversation nobody writes to
 * @param healAfter how long a seq may stay empty before it is declared void
 * @param lease how long a node may rely on an epoch since it last looked for openings, and an
 *     opener waits. The same on all nodes
 */
@Validated
@ConfigurationProperties("parley.log")
record LogProperties(
    @DefaultValue("") String keyset,
    @DefaultValue("5000") @Min(10) int bucketEvents,
    @DefaultValue("1000") @Min(10) @Max(20_000) int rememberedSends,
    @DefaultValue("20") @Min(0) @Max(200) int rememberedByAuthor,
    @DefaultValue("24h") Duration idleExpiry,
    @DefaultValue("2s") Duration healAfter,
    @DefaultValue("250ms") Duration lease) {}
