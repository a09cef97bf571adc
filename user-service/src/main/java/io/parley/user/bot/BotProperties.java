package io.parley.user.bot;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param maxPerOwner how many bots one user may own
 */
@Validated
@ConfigurationProperties("parley.bots")
record BotProperties(@DefaultValue("10") @Min(0) int maxPerOwner) {}
