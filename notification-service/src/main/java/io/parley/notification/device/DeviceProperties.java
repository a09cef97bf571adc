package io.parley.notification.device;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param maxPerUser devices a user may have; one more drops the one not seen for longest. It bounds
 *     what one missed message can cost
 */
@Validated
@ConfigurationProperties("parley.devices")
record DeviceProperties(@DefaultValue("20") @Min(1) @Max(100) int maxPerUser) {}
