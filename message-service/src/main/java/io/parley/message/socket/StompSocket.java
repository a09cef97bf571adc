package io.parley.message.socket;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.parley.common.access.AccessTokens;
import io.parley.message.chat.Chat;
import io.parley.message.delivery.DeliveryProperties;
import io.parley.message.delivery.Hub;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.messaging.Message;
import org.springframework.messaging.simp.stomp.BufferingStompDecoder;
import org.springframework.messaging.simp.stomp.StompConversionException;
import org.springframework.messaging.simp.stomp.StompDecoder;
import org.springframework.messaging.simp.stomp.StompHeaderAccessor;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.web.socket.BinaryMessage;
import org.springframework.web.socket.CloseStatus;
import org.springframework.web.socket.PongMessage;
import org.springframework.web.socket.SubProtocolCapable;
import org.springframework.web.socket.TextMessage;
import org.springframework.web.socket.WebSocketSession;
import org.springframework.web.socket.adapter.jetty.JettyWebSocketSession;
import org.springframework.web.socket.handler.AbstractWebSocketHandler;
import tools.jackson.databind.json.JsonMapper;

/** The WebSocket edge: sessions come and go here, and their bytes become STOMP frames. */
@Component
class StompSocket extends AbstractWebSocketHandler implements SubProtocolCapable, SmartLifecycle {

  private record Open(StompSession session, BufferingStompDecoder decoder) {}

  private static final Logger log = LoggerFactory.getLogger(StompSocket.class);
  private static final String OPEN = "parley.open";
  private static final int DRAIN_STEPS = 20;

  private final StompSession.Services services;
  private final DeliveryProperties delivery;
  private final SocketProperties properties;
  private final StompDecoder decoder = new StompDecoder();
  private final Map<String, StompSession> sessions = new ConcurrentHashMap<>();
  private volatile boolean running;

  StompSocket(
      AccessTokens tokens,
      Hub hub,
      Chat chat,
      JsonMapper json,
      SocketProperties properties,
      DeliveryProperties delivery,
      Clock clock,
      MeterRegistry metrics) {
    this.services = new StompSession.Services(tokens, hub, chat, json, properties, clock);
    this.properties = properties;
    this.delivery = delivery;
    Gauge.builder("parley.sockets", sessions, Map::size)
        .description("open WebSocket sessions")
        .register(metrics);
  }

  @Override
  public List<String> getSubProtocols() {
    return List.of("v12.stomp", "v11.stomp");
  }

  @Override
  public void afterConnectionEstablished(WebSocketSession socket) {
    JettyWebSocketSession jetty = (JettyWebSocketSession) socket;
    CoreSession core =
        ((org.eclipse.jetty.websocket.common.WebSocketSession) jetty.getNativeSession())
            .getCoreSession();
    SocketWriter writer = new SocketWriter(core, delivery.sendBuffer().toBytes());
    StompSession session = new StompSession(writer, services);
    int maxBytes = (int) properties.maxFrame().toBytes();
    socket
        .getAttributes()
        .put(OPEN, new Open(session, new BufferingStompDecoder(decoder, maxBytes)));
    if (running) {
      sessions.put(socket.getId(), session);
    } else {
      session.goAway(comeBack());
    }
  }

  @Override
  protected void handleTextMessage(WebSocketSession socket, TextMessage message) {
    received(socket, ByteBuffer.wrap(message.getPayload().getBytes(StandardCharsets.UTF_8)));
  }

  @Override
  protected void handleBinaryMessage(WebSocketSession socket, BinaryMessage message) {
    received(socket, message.getPayload());
  }

  @Override
  protected void handlePongMessage(WebSocketSession socket, PongMessage message) {
    open(socket).session().received();
  }

  private void received(WebSocketSession socket, ByteBuffer bytes) {
    Open open = open(socket);
    open.session().received();
    try {
      for (Message<byte[]> message : open.decoder().decode(bytes)) {
        StompHeaderAccessor frame = StompHeaderAccessor.wrap(message);
        if (!frame.isHeartbeat()) {
          open.session().handle(frame, message.getPayload());
        }
      }
    } catch (StompConversionException | IllegalArgumentException e) {
      open.session().closeAfterViolation("not a STOMP frame");
    }
  }

  private static Open open(WebSocketSession socket) {
    Object open = socket.getAttributes().get(OPEN);
    if (open == null) {
      throw new IllegalStateException("a frame before the connection");
    }
    return (Open) open;
  }

  @Override
  public void handleTransportError(WebSocketSession socket, Throwable failure) {
    log.debug("socket {}: {}", socket.getId(), failure.toString());
  }

  @Override
  public void afterConnectionClosed(WebSocketSession socket, CloseStatus status) {
    StompSession session = sessions.remove(socket.getId());
    if (session != null) {
      session.closed();
    }
  }

  @Scheduled(fixedRate = 1_000)
  void tick() {
    long now = System.nanoTime();
    long writeTimeout = delivery.writeTimeout().toNanos();
    for (StompSession session : sessions.values()) {
      try {
        session.tick(now, writeTimeout);
      } catch (RuntimeException e) {
        log.warn("tick", e);
      }
    }
  }

  // --- life of the node ------------------------------------------------------------------------

  @Override
  public void start() {
    running = true;
  }

  /** Closes the sockets in batches, so that their clients do not all come back at once. */
  @Override
  public void stop() {
    running = false;
    List<StompSession> open = new ArrayList<>(sessions.values());
    int steps = Math.min(DRAIN_STEPS, open.size() / 25 + 1);
    for (int step = 0; step < steps; step++) {
      for (int i = step; i < open.size(); i += steps) {
        open.get(i).goAway(comeBack());
      }
      if (!slept(properties.drainTime().toMillis() / DRAIN_STEPS)) {
        return;
      }
    }
    for (int i = 0; i < 20 && !sessions.isEmpty(); i++) {
      if (!slept(50)) {
        return;
      }
    }
  }

  private static boolean slept(long millis) {
    try {
      Thread.sleep(millis);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The reason of the close frame: come back after so many milliseconds. */
  private static String comeBack() {
    return "going-away retry-after-ms=" + ThreadLocalRandom.current().nextInt(200, 5_000);
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Before the web server stops taking requests and before the stores' connections close. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
