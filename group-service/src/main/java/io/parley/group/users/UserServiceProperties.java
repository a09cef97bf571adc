package io.parley.group.users;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * @param url base URLs of user-service; a name stands for all its addresses
 * @param connectTimeout how long a connection to user-service may take
 * @param readTimeout how long user-service may take to answer
 */
@ConfigurationProperties("parley.user-service")
record UserServiceProperties(
    List<URI> url,
    @DefaultValue("2s") Duration connectTimeout,
    @DefaultValue("5s") Duration readTimeout) {}
