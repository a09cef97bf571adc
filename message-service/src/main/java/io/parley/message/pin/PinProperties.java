package io.parley.message.pin;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param max messages that can be pinned in a conversation at the same time
 */
@Validated
@ConfigurationProperties("parley.pins")
record PinProperties(@DefaultValue("100") @Min(1) @Max(200) int max) {}
