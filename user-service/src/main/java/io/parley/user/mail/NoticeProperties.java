package io.parley.user.mail;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param max how many notices of one kind an account's owner is mailed; the last one says so
 * @param within the time in which they are counted, from the first on
 */
@Validated
@ConfigurationProperties("parley.notices")
record NoticeProperties(
    @DefaultValue("10") @Min(1) int max, @DefaultValue("1d") @NotNull Duration within) {}
