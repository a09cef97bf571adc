package io.parley.message.notification;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param clearNotes how often Redis is told what is handed over
 * @param gather for how long what happens is gathered before notification-service is told of it,
 *     all at once
 * @param worthTelling nobody is told of an older message: it was decided long ago, and
 *     notification-service remembers a decision for a week only
 */
@ConfigurationProperties("parley.missed")
record NotificationProperties(
    @DefaultValue("3s") Duration clearNotes,
    @DefaultValue("500ms") Duration gather,
    @DefaultValue("1d") Duration worthTelling) {}
