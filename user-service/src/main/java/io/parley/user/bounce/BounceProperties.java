package io.parley.user.bounce;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param maxSoft after so many soft bounces an address counts as one that mails do not reach
 * @param within the time in which they are counted
 */
@Validated
@ConfigurationProperties("parley.bounces")
record BounceProperties(
    @DefaultValue("5") @Min(1) int maxSoft, @DefaultValue("30d") @NotNull Duration within) {}
