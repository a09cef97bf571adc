package io.parley.message.chat;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param maxEvents a client that misses more events of a conversation gets its newest messages in
 *     their place
 * @param snapshotMessages how many those are
 */
@Validated
@ConfigurationProperties("parley.catch-up")
record CatchUpProperties(
    @DefaultValue("1000") @Min(1) int maxEvents,
    @DefaultValue("100") @Min(1) @Max(200) int snapshotMessages) {}
