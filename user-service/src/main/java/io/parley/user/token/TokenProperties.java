package io.parley.user.token;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param accessLife how long an access token is good for
 */
@ConfigurationProperties("parley.tokens")
record TokenProperties(@DefaultValue("15m") Duration accessLife) {}
