package io.parley.user.email;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param linkLife how long the link that verifies an address is good for
 */
@ConfigurationProperties("parley.email")
record EmailProperties(@DefaultValue("24h") Duration linkLife) {}
