package io.parley.user.password;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param linkLife how long a link that resets a password is good for
 */
@ConfigurationProperties("parley.password-reset")
record ResetProperties(@DefaultValue("30m") Duration linkLife) {}
