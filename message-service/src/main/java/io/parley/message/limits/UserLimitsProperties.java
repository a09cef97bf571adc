package io.parley.message.limits;

import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param scale by which the others are multiplied: the gateway's limits have the same, for load
 *     tests
 * @param sends messages that a user may send at once
 * @param sendsRefill how long it takes until as many may be sent at once again
 * @param frames what a user may ask for at once beside messages: marking as read, deleting, typing,
 *     subscribing
 * @param framesRefill how long it takes until as many may be asked for at once again
 * @param searchedPages pages of 500 events that may be searched for a user's earlier sends at once
 * @param searchedPagesRefill how long it takes until as many may be searched at once again
 * @param connects sockets that a user may connect at once
 * @param connectsRefill how long it takes until as many may be connected at once again
 */
@Validated
@ConfigurationProperties("parley.limits")
record UserLimitsProperties(
    @DefaultValue("1") @Min(1) long scale,
    @DefaultValue("500") @Min(1) long sends,
    @DefaultValue("60s") Duration sendsRefill,
    @DefaultValue("1200") @Min(1) long frames,
    @DefaultValue("60s") Duration framesRefill,
    @DefaultValue("400") @Min(1) long searchedPages,
    @DefaultValue("60s") Duration searchedPagesRefill,
    @DefaultValue("60") @Min(1) long connects,
    @DefaultValue("60s") Duration connectsRefill) {}
