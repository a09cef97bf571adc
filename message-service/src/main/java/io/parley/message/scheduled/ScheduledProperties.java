package io.parley.message.scheduled;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param max messages that one user can have scheduled, those that could not be sent included. Who
 *     schedules several at once may come to have a few more
 * @param horizon how far ahead
 * @param look how often a node looks for what is due
 * @param grace how long what is due is left to the node whose turn it is, before any other sends it
 * @param lease how long a node is left alone with a message that it is sending
 * @param patience how long a message that comes too soon for a limit, as slow mode, is tried again
 *     before its author is told
 */
@Validated
@ConfigurationProperties("parley.scheduled")
record ScheduledProperties(
    @DefaultValue("100") @Min(1) @Max(1_000) int max,
    @DefaultValue("365d") Duration horizon,
    @DefaultValue("1s") Duration look,
    @DefaultValue("3s") Duration grace,
    @DefaultValue("5s") Duration lease,
    @DefaultValue("10m") Duration patience) {}
