package io.parley.message.reaction;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.validation.annotation.Validated;

/**
 * @param maxKinds different emoji with which a message can be reacted to at the same time
 * @param gather how long after an event reactions to the same message wait on a node, to be in the
 *     log together with the next one; the first one waits for nothing
 * @param maxWaiting reactions to one message that may wait on a node; more are refused
 */
@Validated
@ConfigurationProperties("parley.reactions")
record ReactionProperties(
    @DefaultValue("20") @Min(1) @Max(100) int maxKinds,
    @DefaultValue("500ms") Duration gather,
    @DefaultValue("2000") @Min(1) int maxWaiting) {}
