package io.parley.message.saved;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param max messages that one user can have saved
 */
@Validated
@ConfigurationProperties("parley.saved")
record SavedProperties(@DefaultValue("1000") @Min(1) @Max(10_000) int max) {}
