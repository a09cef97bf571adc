package io.parley.notification.digest;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param every between two mails to one user, at least
 * @param maxInARow mails to one user who has read nothing since the first of them; then no more
 *     until something is read
 * @param life for how long a mail is tried, if the mail server or message-service is away
 * @param lookEvery how often a node looks for what was missed
 * @param settleTime how old a notification is before it is looked at: most are read by then. Not
 *     longer than the shortest time that users can set
 * @param batch users whose mails are requested in one transaction
 * @param maxMessages unread messages that a mail counts
 * @param maxConversations that a mail names
 * @param maxSenders names of those who wrote, of each conversation
 * @param connectTimeout to user-service
 * @param readTimeout of its answer
 */
@Validated
@ConfigurationProperties("parley.digest")
record DigestProperties(
    @DefaultValue("24h") @NotNull Duration every,
    @DefaultValue("3") @Min(1) @Max(1_000) int maxInARow,
    @DefaultValue("3h") @NotNull Duration life,
    @DefaultValue("1m") @NotNull Duration lookEvery,
    @DefaultValue("10m") @NotNull Duration settleTime,
    @DefaultValue("100") @Min(1) @Max(1_000) int batch,
    @DefaultValue("500") @Min(1) @Max(500) int maxMessages,
    @DefaultValue("10") @Min(1) @Max(50) int maxConversations,
    @DefaultValue("5") @Min(1) @Max(50) int maxSenders,
    @DefaultValue("2s") @NotNull Duration connectTimeout,
    @DefaultValue("5s") @NotNull Duration readTimeout) {}
