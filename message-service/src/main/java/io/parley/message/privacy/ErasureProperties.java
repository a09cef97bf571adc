package io.parley.message.privacy;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param conversationsPerSecond how fast an erasure goes through the conversations of a user
 * @param messagesPerSecond how fast it removes messages, and takes reactions back
 */
@Validated
@ConfigurationProperties("parley.erasure")
record ErasureProperties(
    @DefaultValue("50") @Min(1) int conversationsPerSecond,
    @DefaultValue("500") @Min(1) int messagesPerSecond) {}
