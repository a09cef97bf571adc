package io.parley.message.chat;

import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param maxTextChars longest text, in UTF-16 units
 */
@Validated
@ConfigurationProperties("parley.messaging")
public record ChatProperties(@DefaultValue("4000") @Min(1) int maxTextChars) {}
