package io.parley.message.disappearing;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * Messages of direct conversations that disappear.
 *
 * @param shortest after which they may
 * @param longest after which they may
 */
@Validated
@ConfigurationProperties("parley.disappearing")
record DisappearingProperties(
    @DefaultValue("5s") Duration shortest, @DefaultValue("365d") Duration longest) {}
