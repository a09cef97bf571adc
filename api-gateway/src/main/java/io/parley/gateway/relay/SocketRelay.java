package io.parley.gateway.relay;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.NetUtil;
import io.parley.common.nodes.Nodes;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.traces.Traces;
import io.parley.gateway.edge.GatewayProblem;
import io.parley.gateway.edge.RequestIds;
import io.parley.gateway.services.ForwardedHeaders;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.cloud.gateway.filter.GatewayFilter;
import org.springframework.cloud.gateway.filter.GatewayFilterChain;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Ends the route of {@code /ws}: repeats the client's upgrade request to a node, and if that
 * switches, couples the two connections in a {@link Relay}. Frames are not taken apart: Spring
 * Cloud Gateway's own WebSocket proxy does that, at twice the CPU, and queues without bound for a
 * client that does not read.
 */
public final class SocketRelay implements GatewayFilter {

  private static final Logger log = LoggerFactory.getLogger(SocketRelay.class);

  private static final int KEY_BYTES = 16;
  private static final String VERSION = "13";

  /** {@code Sec-WebSocket-Extensions} (RFC 6455, 9.1), empty elements allowed (RFC 9110, 5.6.1). */
  private static final Pattern EXTENSIONS = extensions();

  /**
   * What of the client's request the node gets to see, besides what the edge says itself. It is
   * offered no extensions, so none is ever negotiated.
   */
  private static final List<CharSequence> PASSED_ON =
      List.of(
          HttpHeaderNames.SEC_WEBSOCKET_KEY,
          HttpHeaderNames.SEC_WEBSOCKET_VERSION,
          HttpHeaderNames.SEC_WEBSOCKET_PROTOCOL,
          HttpHeaderNames.HOST,
          HttpHeaderNames.ORIGIN,
          HttpHeaderNames.USER_AGENT,
          Traces.HEADER);

  /** Not passed on from an answer that is no 101: they speak of the connection to the node. */
  private static final Set<String> HOP_BY_HOP =
      Set.of("connection", "keep-alive", "transfer-encoding", "upgrade", "te", "trailer");

  /** Seconds: a connection whose other end is gone without a word is found within two minutes. */
  private static final int KEEP_ALIVE_IDLE = 60;

  private static final int KEEP_ALIVE_INTERVAL = 15;
  private static final int KEEP_ALIVE_PROBES = 4;

  private final Nodes nodes;
  private final NodeSockets toNodes = new NodeSockets();
  private final Sockets sockets;
  private final SocketProperties properties;

  public SocketRelay(Nodes nodes, Sockets sockets, SocketProperties properties) {
    this.nodes = nodes;
    this.sockets = sockets;
    this.properties = properties;
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, GatewayFilterChain chain) {
    Channel client = channel(exchange.getRequest());
    UpgradeHandler upgrade = UpgradeHandler.of(client);
    checkUpgrade(exchange.getRequest());
    if (upgrade == null || !upgrade.isUpgrading()) {
      throw new ProblemException(GatewayProblem.UPGRADE_REQUIRED);
    }
    if (!sockets.isRunning()) {
      throw new ProblemException(GatewayProblem.SERVICE_UNAVAILABLE, "The gateway is stopping");
    }
    return Flux.fromIterable(nodes.byLoad(toNodes::to))
        .concatMap(node -> open(client, exchange, node), 0)
        .next()
        .switchIfEmpty(Mono.error(() -> new ProblemException(GatewayProblem.SERVICE_UNAVAILABLE)))
        .onErrorMap(
            TimeoutException.class, e -> new ProblemException(GatewayProblem.SERVICE_TIMEOUT))
        .flatMap(handshake -> answer(exchange, upgrade, handshake));
  }

  /**
   * Empty when none of the addresses of this node could be connected to, or it takes no sockets
   * now, as one that stops does not.
   */
  private Mono<NodeHandshake> open(Channel client, ServerWebExchange exchange, URI node) {
    return addresses(node)
        .flatMapIterable(addresses -> addresses)
        .concatMap(
            address ->
                connect(client, exchange, node, address)
                    .flatMap(SocketRelay::unlessUnable)
                    .onErrorResume(IOException.class, e -> unreachable(node, e)),
            0)
        .next()
        .onErrorResume(IOException.class, e -> unreachable(node, e));
  }

  private static Mono<NodeHandshake> unlessUnable(NodeHandshake handshake) {
    return handshake.answer().status().equals(HttpResponseStatus.SERVICE_UNAVAILABLE)
        ? Mono.error(new IOException("answers 503"))
        : Mono.just(handshake);
  }

  /**
   * An upgrade request changes nothing, so it may be repeated to another node whatever happened.
   */
  private Mono<NodeHandshake> unreachable(URI node, IOException cause) {
    log.warn("{} can not be reached for a socket: {}", node, cause.toString());
    nodes.failed(node);
    return Mono.empty();
  }

  /** What is an address already needs no thread that may wait for DNS. */
  private static Mono<List<InetSocketAddress>> addresses(URI node) {
    int port = node.getPort() < 0 ? 80 : node.getPort();
    InetAddress address = NetUtil.createInetAddressFromIpAddressString(node.getHost());
    return address != null
        ? Mono.just(List.of(new InetSocketAddress(address, port)))
        : Mono.fromCallable(() -> lookedUp(node.getHost(), port))
            .subscribeOn(Schedulers.boundedElastic());
  }

  private static List<InetSocketAddress> lookedUp(String host, int port) throws IOException {
    List<InetAddress> addresses = new ArrayList<>(Arrays.asList(InetAddress.getAllByName(host)));
    Collections.shuffle(addresses);
    return addresses.stream().map(address -> new InetSocketAddress(address, port)).toList();
  }

  /** In the client's event loop, where the relay stays: no byte ever changes threads. */
  private Mono<NodeHandshake> connect(
      Channel client, ServerWebExchange exchange, URI node, InetSocketAddress address) {
    return Mono.create(
        sink -> {
          NodeHandshake handshake =
              new NodeHandshake(
                  upgradeRequest(exchange), sink, properties.socketHandshakeTimeout());
          ChannelFuture connected =
              bootstrap(client)
                  .handler(
                      new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel channel) {
                          handshake.addTo(channel.pipeline());
                        }
                      })
                  .connect(address);
          toNodes.opened(node, connected.channel());
          sink.onCancel(() -> connected.channel().close());
          connected.addListener(
              done -> {
                if (!done.isSuccess()) {
                  sink.error(done.cause());
                }
              });
        });
  }

  private Bootstrap bootstrap(Channel client) {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(client.eventLoop())
            .channel(client.getClass())
            .option(
                ChannelOption.CONNECT_TIMEOUT_MILLIS,
                (int) properties.socketConnectTimeout().toMillis())
            .option(ChannelOption.TCP_NODELAY, true);
    socketOptions(client).forEach((option, value) -> set(bootstrap, option, value));
    return bootstrap;
  }

  @SuppressWarnings("unchecked")
  private static <T> void set(Bootstrap bootstrap, ChannelOption<T> option, Object value) {
    bootstrap.option(option, (T) value);
  }

  /** What both connections of a socket have in common. */
  private Map<ChannelOption<?>, Object> socketOptions(Channel client) {
    int high = (int) properties.socketBuffer().toBytes();
    Map<ChannelOption<?>, Object> options = new HashMap<>();
    options.put(ChannelOption.ALLOW_HALF_CLOSURE, true);
    // A write that fails must not end what can still be read; see Relay.
    options.put(ChannelOption.AUTO_CLOSE, false);
    options.put(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(high / 2, high));
    options.put(ChannelOption.SO_KEEPALIVE, true);
    if (client instanceof EpollSocketChannel) {
      options.put(EpollChannelOption.TCP_KEEPIDLE, KEEP_ALIVE_IDLE);
      options.put(EpollChannelOption.TCP_KEEPINTVL, KEEP_ALIVE_INTERVAL);
      options.put(EpollChannelOption.TCP_KEEPCNT, KEEP_ALIVE_PROBES);
    }
    return options;
  }

  private static FullHttpRequest upgradeRequest(ServerWebExchange exchange) {
    ServerHttpRequest request = exchange.getRequest();
    HttpHeaders headers = new DefaultHttpHeaders();
    for (CharSequence name : PASSED_ON) {
      List<String> values = request.getHeaders().get(name.toString());
      if (values != null) {
        headers.set(name, values);
      }
    }
    headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
    headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    headers.set(RequestIds.HEADER, RequestIds.of(exchange));
    ForwardedHeaders.of(exchange).forEach(headers::set);
    String query = request.getURI().getRawQuery();
    return new DefaultFullHttpRequest(
        HttpVersion.HTTP_1_1,
        HttpMethod.GET,
        request.getURI().getRawPath() + (query == null ? "" : "?" + query),
        Unpooled.EMPTY_BUFFER,
        headers,
        new DefaultHttpHeaders());
  }

  private Mono<Void> answer(
      ServerWebExchange exchange, UpgradeHandler upgrade, NodeHandshake handshake) {
    ServerHttpResponse response = exchange.getResponse();
    if (!handshake.isSwitched()) {
      return refuse(response, handshake.answer());
    }
    String requestId = RequestIds.of(exchange);
    upgrade.switchTo(
        (client, early) -> couple(client, early, handshake, requestId), handshake::discard);
    response.setStatusCode(HttpStatus.SWITCHING_PROTOCOLS);
    return response.setComplete();
  }

  /** What a node says instead of 101 is for the client to read. */
  private static Mono<Void> refuse(ServerHttpResponse response, FullHttpResponse answer) {
    response.setStatusCode(HttpStatusCode.valueOf(answer.status().code()));
    for (Map.Entry<String, String> header : answer.headers()) {
      if (!HOP_BY_HOP.contains(header.getKey().toLowerCase(Locale.ROOT))) {
        response.getHeaders().add(header.getKey(), header.getValue());
      }
    }
    byte[] body = new byte[answer.content().readableBytes()];
    answer.content().readBytes(body);
    response.getHeaders().setContentLength(body.length);
    return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
  }

  private void couple(
      Channel client, ByteBuf fromClient, NodeHandshake handshake, String requestId) {
    if (!client.isActive()) {
      fromClient.release();
      handshake.discard();
      return;
    }
    Channel node = handshake.channel();
    takeHandlersOut(client);
    client.config().setOptions(socketOptions(client));
    handshake.leave();
    new Relay(client, node, sockets, properties)
        .start(head(handshake.answer(), requestId), fromClient, handshake.takeEarly());
  }

  /**
   * The exchange is over, so nothing that Reactor Netty keeps in the connection has work left, its
   * idle timeout included. TLS stays.
   */
  private static void takeHandlersOut(Channel client) {
    client
        .pipeline()
        .toMap()
        .forEach(
            (name, handler) -> {
              if (!(handler instanceof SslHandler)) {
                client.pipeline().remove(name);
              }
            });
  }

  /** The node's answer as it came, with the id under which the edge logged the request. */
  private static ByteBuf head(FullHttpResponse answer, String requestId) {
    StringBuilder head = new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n");
    // The aggregator adds a length; a 101 must have none (RFC 9110, 8.6).
    answer.headers().remove(HttpHeaderNames.CONTENT_LENGTH).set(RequestIds.HEADER, requestId);
    for (Map.Entry<String, String> header : answer.headers()) {
      head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n");
    }
    return Unpooled.copiedBuffer(head.append("\r\n"), StandardCharsets.ISO_8859_1);
  }

  private static Pattern extensions() {
    String token = "[!#$%&'*+.^_`|~0-9A-Za-z-]++";
    String quoted = "\"(?:[^\"\\\\]|\\\\.)*+\"";
    String parameter = "\\s*+;\\s*+" + token + "(?:\\s*+=\\s*+(?:" + token + "|" + quoted + "))?+";
    String extension = "\\s*+(?:" + token + "(?:" + parameter + ")*+)?+\\s*+";
    return Pattern.compile(extension + "(?:," + extension + ")*+");
  }

  /** RFC 6455, 4.2.1. */
  private static void checkUpgrade(ServerHttpRequest request) {
    org.springframework.http.HttpHeaders headers = request.getHeaders();
    boolean upgrade =
        request.getMethod().equals(org.springframework.http.HttpMethod.GET)
            && hasToken(headers.get("Upgrade"), "websocket")
            && hasToken(headers.get("Connection"), "upgrade");
    if (!upgrade
        || isHttp10(request)
        || !VERSION.equals(headers.getFirst("Sec-WebSocket-Version"))) {
      throw new ProblemException(GatewayProblem.UPGRADE_REQUIRED);
    }
    List<String> keys = headers.getOrDefault("Sec-WebSocket-Key", List.of());
    if (keys.size() != 1 || !isKey(keys.get(0)) || headers.getHost() == null) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST, "One Sec-WebSocket-Key of 16 bytes and a Host are needed");
    }
    for (String offered : headers.getOrDefault("Sec-WebSocket-Extensions", List.of())) {
      if (!EXTENSIONS.matcher(offered).matches()) {
        throw new ProblemException(
            CommonProblem.INVALID_REQUEST, "Sec-WebSocket-Extensions is no list of extensions");
      }
    }
  }

  private static boolean isHttp10(ServerHttpRequest request) {
    HttpServerRequest server = ServerHttpRequestDecorator.getNativeRequest(request);
    return server.version().equals(HttpVersion.HTTP_1_0);
  }

  private static boolean hasToken(@Nullable List<String> values, String token) {
    return values != null
        && values.stream()
            .flatMap(value -> Arrays.stream(value.split(",")))
            .anyMatch(value -> value.trim().equalsIgnoreCase(token));
  }

  private static boolean isKey(String key) {
    try {
      return Base64.getDecoder().decode(key.trim()).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static Channel channel(ServerHttpRequest request) {
    HttpServerRequest server = ServerHttpRequestDecorator.getNativeRequest(request);
    Channel[] channel = new Channel[1];
    server.withConnection(connection -> channel[0] = connection.channel());
    return channel[0];
  }
}
