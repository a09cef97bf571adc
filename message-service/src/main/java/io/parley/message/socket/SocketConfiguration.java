package io.parley.message.socket;

import java.time.Duration;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.server.jetty.JettyRequestUpgradeStrategy;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;
import tools.jackson.databind.json.JsonMapper;

/** Puts {@link StompSocket} at /ws, for any origin; see {@link JettyEdge}. */
@Configuration(proxyBeanMethods = false)
@EnableWebSocket
class SocketConfiguration implements WebSocketConfigurer {

  private static final int INPUT_BUFFER_BYTES = 4 * 1024;

  private final StompSocket socket;
  private final OpenSockets sockets;
  private final SocketProperties properties;
  private final JsonMapper json;

  SocketConfiguration(
      StompSocket socket, OpenSockets sockets, SocketProperties properties, JsonMapper json) {
    this.socket = socket;
    this.sockets = sockets;
    this.properties = properties;
    this.json = json;
  }

  @Override
  public void registerWebSocketHandlers(WebSocketHandlerRegistry registry) {
    JettyRequestUpgradeStrategy jetty = new JettyRequestUpgradeStrategy();
    jetty.addWebSocketConfigurer(
        configurable -> {
          configurable.setMaxTextMessageSize(properties.maxFrame().toBytes());
          configurable.setMaxBinaryMessageSize(properties.maxFrame().toBytes());
          configurable.setMaxFrameSize(properties.maxFrame().toBytes());
          configurable.setInputBufferSize(INPUT_BUFFER_BYTES);
          // Heart-beats decide who is alive.
          configurable.setIdleTimeout(Duration.ZERO);
        });
    registry
        .addHandler(socket, "/ws")
        .setHandshakeHandler(new DefaultHandshakeHandler(jetty))
        .addInterceptors(new HandshakeCheck(sockets, json))
        .setAllowedOriginPatterns("*");
  }
}
