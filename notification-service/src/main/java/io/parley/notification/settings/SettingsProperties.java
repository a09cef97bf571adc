package io.parley.notification.settings;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.time.ZoneId;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * What holds for users who set nothing else.
 *
 * @param level of messages that users are notified of
 * @param previews whether notifications may say what was written; if not, no user can switch it on
 * @param timeZone of users' quiet hours, an IANA name
 * @param digest whether mails tell of what was missed
 * @param digestAfter how long a message is unread before a mail tells of it
 * @param maxOverrides conversations and threads that a user may set apart
 */
@Validated
@ConfigurationProperties("parley.notification-settings")
record SettingsProperties(
    @DefaultValue("all") @NotNull Level level,
    @DefaultValue("true") boolean previews,
    @DefaultValue("UTC") @NotNull ZoneId timeZone,
    @DefaultValue("true") boolean digest,
    @DefaultValue("8h") @NotNull Duration digestAfter,
    @DefaultValue("2000") @Min(1) @Max(100_000) int maxOverrides) {}
