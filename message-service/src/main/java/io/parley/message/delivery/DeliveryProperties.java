package io.parley.message.delivery;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;
import org.springframework.validation.annotation.Validated;

/**
 * @param workers threads that fan out; a conversation always has the same one
 * @param maxBacklog events that may wait for one of them; more are dropped and read from the log
 * @param sendBuffer what may wait for one socket; more closes it
 * @param writeTimeout how long a socket may take nothing while something waits for it
 * @param holdTimeout how long an event that came too early waits for the one before it, before the
 *     log is asked
 * @param headsInterval how often clients are told the heads of conversations in which something
 *     happened
 * @param idleConversation how long a conversation without local members stays open
 * @param passingMaxMembers typing and read markers are passed on only in conversations up to here
 */
@Validated
@ConfigurationProperties("parley.delivery")
public record DeliveryProperties(
    @DefaultValue("2") @Min(1) int workers,
    @DefaultValue("10000") @Min(1) int maxBacklog,
    @DefaultValue("512KB") DataSize sendBuffer,
    @DefaultValue("5s") Duration writeTimeout,
    @DefaultValue("150ms") Duration holdTimeout,
    @DefaultValue("30s") Duration headsInterval,
    @DefaultValue("60s") Duration idleConversation,
    @DefaultValue("200") int passingMaxMembers) {}
