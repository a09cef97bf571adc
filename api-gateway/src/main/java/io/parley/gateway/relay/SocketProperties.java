package io.parley.gateway.relay;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * @param socketConnectTimeout how long a node may take to accept a connection before the next one
 *     is tried
 * @param socketHandshakeTimeout how long a node may take to answer an upgrade request
 * @param socketWriteTimeout how long a socket's backlog may stay over the buffer before the socket
 *     is closed: half a buffer must drain in this time
 * @param socketBuffer how much may wait for one receiver; over it the sender is read no further
 * @param socketLinger how long one side may take to receive what is pending once the other is gone
 * @param socketDrain over how long the sockets are closed when the gateway stops
 */
@ConfigurationProperties("parley.gateway")
public record SocketProperties(
    @DefaultValue("2s") Duration socketConnectTimeout,
    @DefaultValue("5s") Duration socketHandshakeTimeout,
    @DefaultValue("5s") Duration socketWriteTimeout,
    @DefaultValue("128KB") DataSize socketBuffer,
    @DefaultValue("3s") Duration socketLinger,
    @DefaultValue("10s") Duration socketDrain) {}
