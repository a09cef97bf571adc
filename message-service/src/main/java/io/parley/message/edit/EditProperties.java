package io.parley.message.edit;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param window how long after it was sent a message of a direct conversation can be edited; zero:
 *     never. A group has a setting of its own
 * @param max how often one message can be edited
 */
@Validated
@ConfigurationProperties("parley.edits")
record EditProperties(
    @DefaultValue("24h") Duration window, @DefaultValue("100") @Min(1) @Max(1_000) int max) {}
