package io.parley.gateway.limits;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param byUser requests of one user that a gateway has under way
 * @param byAddress those of one address, or of one /64 of IPv6, whoever sends them
 */
@ConfigurationProperties("parley.gateway.at-once")
record AtOnceProperties(@DefaultValue("64") int byUser, @DefaultValue("512") int byAddress) {}
