package io.parley.message.socket;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * @param maxFrame longest WebSocket message taken; a longer one closes the socket with 1009
 * @param heartbeat half of the silence after which a client that promised no heart-beats is pinged
 * @param shortestHeartbeat the interval at which heart-beats are sent or expected at most, whatever
 *     a client asks for or promises
 * @param maxPerUser connections of one user on this node; one more is refused
 * @param connectTimeout how long a new socket may take for its CONNECT
 * @param drainTime over which a stopping node closes its sockets
 */
@ConfigurationProperties("parley.socket")
record SocketProperties(
    @DefaultValue("64KB") DataSize maxFrame,
    @DefaultValue("10s") Duration heartbeat,
    @DefaultValue("1s") Duration shortestHeartbeat,
    @DefaultValue("50") int maxPerUser,
    @DefaultValue("10s") Duration connectTimeout,
    @DefaultValue("10s") Duration drainTime) {}
