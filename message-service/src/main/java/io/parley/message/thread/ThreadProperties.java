package io.parley.message.thread;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param maxFollowed threads that one user can follow or have unfollowed; beyond, nobody comes to
 *     follow one by writing in it
 */
@Validated
@ConfigurationProperties("parley.threads")
record ThreadProperties(@DefaultValue("10000") @Min(1) @Max(100_000) int maxFollowed) {}
