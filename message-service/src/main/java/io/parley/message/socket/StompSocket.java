package io.parley.message.socket;

import io.parley.common.access.AccessTokens;
import io.parley.common.edge.RequestIdFilter;
import io.parley.message.availability.Watching;
import io.parley.message.chat.Chat;
import io.parley.message.command.ConversationCommands;
import io.parley.message.delivery.Connections;
import io.parley.message.delivery.DeliveryProperties;
import io.parley.message.limits.UserLimits;
import io.parley.message.stomp.FrameReader;
import io.parley.message.stomp.NotAFrame;
import io.parley.message.stomp.StompFrame;
import io.parley.message.traces.FrameSpans;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
class StompSocket extends AbstractWebSocketHandler implements SubProtocolCapable {

  private record Open(StompSession session, FrameReader frames) {}

  private static final Logger log = LoggerFactory.getLogger(StompSocket.class);
  private static final String OPEN = "parley.open";

  private final StompSession.Services services;
  private final DeliveryProperties delivery;
  private final SocketProperties properties;
  private final OpenSockets sockets;

  StompSocket(
      AccessTokens tokens,
      OpenSockets sockets,
      UserLimits limits,
      Connections connections,
      Arrivals arrivals,
      Chat chat,
      ConversationCommands commands,
      Watching watching,
      FrameSpans spans,
      JsonMapper json,
      SocketProperties properties,
      DeliveryProperties delivery,
      Clock clock) {
    this.services =
        new StompSession.Services(
            tokens,
            sockets,
            limits,
            connections,
            arrivals,
            chat,
            commands,
            watching,
            spans,
            json,
            properties,
            clock);
    this.sockets = sockets;
    this.properties = properties;
    this.delivery = delivery;
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
    StompSession session =
        new StompSession(
            writer, services, socket.getHandshakeHeaders().getFirst(RequestIdFilter.HEADER));
    int maxBytes = (int) properties.maxFrame().toBytes();
    socket.getAttributes().put(OPEN, new Open(session, new FrameReader(maxBytes)));
    sockets.opened(socket.getId(), session);
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
    StompSession session = open.session();
    session.received();
    if (session.isClosing()) {
      return;
    }
    try {
      open.frames().add(bytes);
      for (StompFrame frame = open.frames().next(); frame != null; frame = open.frames().next()) {
        session.handle(frame);
      }
    } catch (NotAFrame e) {
      session.closeAfter(e);
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
    sockets.closed(socket.getId(), status.getCode());
  }
}
