package io.parley.user.token;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param accessLife how long an access token is good for; below an hour, for which ended sessions
 *     are remembered
 * @param keyLife how old a signing key gets before the next takes over
 * @param keyLead how long a new key is published before it signs, so that whoever keeps a copy of
 *     the published keys has it by then
 */
@ConfigurationProperties("parley.tokens")
record TokenProperties(
    @DefaultValue("15m") Duration accessLife,
    @DefaultValue("30d") Duration keyLife,
    @DefaultValue("5m") Duration keyLead) {}
