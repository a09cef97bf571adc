package io.parley.gateway.edge;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * @param maxBody largest request body
 * @param bodyTimeout how long a client may take to send one request's body
 */
@ConfigurationProperties("parley.gateway.edge")
record EdgeProperties(
    @DefaultValue("64KB") DataSize maxBody, @DefaultValue("30s") Duration bodyTimeout) {}
