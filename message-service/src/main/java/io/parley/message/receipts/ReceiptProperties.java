package io.parley.message.receipts;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param maxMembers it is kept who has received and read what in conversations of up to so many
 */
@Validated
@ConfigurationProperties("parley.receipts")
public record ReceiptProperties(@DefaultValue("200") @Min(2) @Max(1_000) int maxMembers) {}
