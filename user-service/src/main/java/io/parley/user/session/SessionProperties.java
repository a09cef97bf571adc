package io.parley.user.session;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param refreshLife how long a session lives on without a refresh
 * @param retryGrace how long a used refresh token may be exchanged once more, for a client that did
 *     not get the answer
 * @param reuseMemory how long a used refresh token is remembered, so that its reuse ends the
 *     session; later it is merely unknown
 */
@ConfigurationProperties("parley.sessions")
record SessionProperties(
    @DefaultValue("30d") Duration refreshLife,
    @DefaultValue("10s") Duration retryGrace,
    @DefaultValue("24h") Duration reuseMemory) {}
