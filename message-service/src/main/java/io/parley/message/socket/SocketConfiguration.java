package io.parley.message.socket;

import java.time.Duration;
import java.util.List;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.web.socket.WebSocketExtension;
import org.springframework.web.socket.config.annotation.EnableWebSocket;
import org.springframework.web.socket.config.annotation.WebSocketConfigurer;
import org.springframework.web.socket.config.annotation.WebSocketHandlerRegistry;
import org.springframework.web.socket.server.jetty.JettyRequestUpgradeStrategy;
import org.springframework.web.socket.server.support.DefaultHandshakeHandler;

/**
 * Puts {@link StompSocket} at /ws. Any origin may connect: a socket is worth nothing before its
 * CONNECT, and the token in it is not a cookie that a browser adds by itself.
 */
@Configuration(proxyBeanMethods = false)
@EnableWebSocket
class SocketConfiguration implements WebSocketConfigurer {

  private static final int INPUT_BUFFER_BYTES = 4 * 1024;

  private final StompSocket socket;
  private final SocketProperties properties;

  SocketConfiguration(StompSocket socket, SocketProperties properties) {
    this.socket = socket;
    this.properties = properties;
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
        .setHandshakeHandler(new PlainHandshake(jetty))
        .setAllowedOriginPatterns("*");
  }

  /** No permessage-deflate: it costs a compression for each receiver and 300 kB for each socket. */
  private static final class PlainHandshake extends DefaultHandshakeHandler {

    PlainHandshake(JettyRequestUpgradeStrategy strategy) {
      super(strategy);
    }

    @Override
    protected List<WebSocketExtension> filterRequestedExtensions(
        ServerHttpRequest request,
        List<WebSocketExtension> requested,
        List<WebSocketExtension> supported) {
      return List.of();
    }
  }
}
