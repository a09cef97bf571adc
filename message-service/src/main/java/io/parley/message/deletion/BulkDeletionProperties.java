package io.parley.message.deletion;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Deleting what somebody has written who is banned.
 *
 * @param messagesPerEvent the most that one DELETED event names
 * @param messagesPerSecond how fast messages are deleted, all groups together
 * @param eventsPerStep how much of a log is looked through before another group has its turn
 * @param lateAfter when what was on its way at the ban is looked for: longer than a send can take
 */
@Validated
@ConfigurationProperties("parley.bulk-deletions")
record BulkDeletionProperties(
    @DefaultValue("1000") @Min(1) @Max(2000) int messagesPerEvent,
    @DefaultValue("500") @Min(1) int messagesPerSecond,
    @DefaultValue("20000") @Min(1) int eventsPerStep,
    @DefaultValue("60s") Duration lateAfter) {}
