package io.parley.gateway;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshaker;
import io.netty.handler.codec.http.websocketx.WebSocketServerHandshakerFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A service as the gateway meets it: a real server on loopback. It remembers each request, and does
 * what the query parameter {@code do} asks for, on REST ({@code slow}, {@code break}, {@code
 * stream}, {@code large}) and on {@code /ws} ({@code echo}, {@code greet}, {@code flood}, {@code
 * close}, {@code reset}, {@code refuse}, {@code hang}, {@code half}, {@code quit}).
 */
final class FakeNode implements AutoCloseable {

  /** More than fits into the buffers of the connections on the way. */
  static final int LARGE = 32_000_000;

  record Seen(String method, String uri, HttpHeaders headers, String body) {}

  final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
  final BlockingQueue<Integer> closeCodes = new LinkedBlockingQueue<>();
  final AtomicLong flooded = new AtomicLong();
  final ChannelGroup sockets = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);

  private final ChannelGroup connections = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
  private final String name;
  private final EventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
  private volatile Channel server;
  private volatile String jwks = "";

  /** What is known of any personal token. */
  volatile String introspection = "{\"active\":false}";

  /** What it says of itself. */
  volatile boolean ready = true;

  /** What it says is the reason when it is not ready. */
  volatile String status = "DOWN";

  /** How often it has said that it is ready. */
  final AtomicLong saidReady = new AtomicLong();

  /** As a node that is closing its sockets does. */
  volatile boolean refusesSockets;

  FakeNode(String name) {
    this(name, "127.0.0.1", 0);
  }

  FakeNode(String name, String address, int port) {
    this.name = name;
    this.server = listen(address, port);
  }

  private Channel listen(String address, int port) {
    return new ServerBootstrap()
        .group(loops)
        .channel(NioServerSocketChannel.class)
        .option(ChannelOption.SO_REUSEADDR, true)
        .option(ChannelOption.SO_BACKLOG, 1024)
        .childHandler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel channel) {
                connections.add(channel);
                channel
                    .pipeline()
                    .addLast(new HttpServerCodec())
                    .addLast(new HttpObjectAggregator(10_000_000))
                    .addLast(new Requests());
              }
            })
        .bind(address, port)
        .syncUninterruptibly()
        .channel();
  }

  String name() {
    return name;
  }

  int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  URI url() {
    InetSocketAddress address = (InetSocketAddress) server.localAddress();
    return URI.create("http://" + address.getAddress().getHostAddress() + ":" + address.getPort());
  }

  void publish(String jwks) {
    this.jwks = jwks;
  }

  /** As after SIGKILL: the port refuses, open connections are reset. */
  void kill() {
    server.close().syncUninterruptibly();
    connections.forEach(channel -> channel.config().setOption(ChannelOption.SO_LINGER, 0));
    connections.close().awaitUninterruptibly();
  }

  @Override
  public void close() {
    server.close().syncUninterruptibly();
    loops.shutdownGracefully();
  }

  private static void reset(Channel channel) {
    channel.config().setOption(ChannelOption.SO_LINGER, 0);
    channel.close();
  }

  private final class Requests extends SimpleChannelInboundHandler<FullHttpRequest> {

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FullHttpRequest request) {
      QueryStringDecoder query = new QueryStringDecoder(request.uri());
      if (query.path().equals("/actuator/health/readiness")) {
        boolean isReady = ready;
        answer(
            ctx,
            isReady ? HttpResponseStatus.OK : HttpResponseStatus.SERVICE_UNAVAILABLE,
            "{\"status\":\"" + (isReady ? "UP" : status) + "\"}");
        if (isReady) {
          saidReady.incrementAndGet();
        }
        return;
      }
      String todo = query.parameters().getOrDefault("do", List.of("")).get(0);
      seen.add(
          new Seen(
              request.method().name(),
              request.uri(),
              request.headers().copy(),
              request.content().toString(StandardCharsets.UTF_8)));
      if (query.path().equals("/ws")) {
        upgrade(ctx, request, todo, query);
        return;
      }
      switch (todo) {
        case "slow" -> {}
        case "break" -> ctx.close();
        case "stream" -> stream(ctx);
        case "large" -> answer(ctx, HttpResponseStatus.OK, "x".repeat(LARGE));
        default ->
            answer(
                ctx,
                HttpResponseStatus.OK,
                query.path().equals("/.well-known/jwks.json")
                    ? jwks
                    : query.path().equals("/internal/tokens/introspect")
                        ? introspection
                        : "{\"service\":\"" + name + "\",\"text\":\"smile \uD83D\uDE00\"}");
      }
    }

    /** Sixteen parts, one every half second. */
    private void stream(ChannelHandlerContext ctx) {
      DefaultHttpResponse head =
          new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
      head.headers().set("Transfer-Encoding", "chunked").set("Content-Type", "application/zip");
      ctx.write(head);
      for (int i = 0; i < 16; i++) {
        ctx.executor()
            .schedule(
                () ->
                    ctx.writeAndFlush(
                        new DefaultHttpContent(
                            Unpooled.copiedBuffer("part", StandardCharsets.US_ASCII))),
                500L * i,
                TimeUnit.MILLISECONDS);
      }
      ctx.executor()
          .schedule(
              () -> ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT),
              7_600,
              TimeUnit.MILLISECONDS);
    }

    private void answer(ChannelHandlerContext ctx, HttpResponseStatus status, String body) {
      FullHttpResponse response =
          new DefaultFullHttpResponse(
              HttpVersion.HTTP_1_1, status, Unpooled.copiedBuffer(body, StandardCharsets.UTF_8));
      response
          .headers()
          .set("Content-Type", "application/json")
          .set("X-Request-Id", "the-service-echoes-it-too")
          .set("X-Content-Type-Options", "nosniff")
          .set("Server", "fake/1.0")
          .setInt("Content-Length", response.content().readableBytes());
      ctx.writeAndFlush(response);
    }

    private void upgrade(
        ChannelHandlerContext ctx, FullHttpRequest request, String todo, QueryStringDecoder query) {
      if (refusesSockets) {
        answer(ctx, HttpResponseStatus.SERVICE_UNAVAILABLE, "{}");
        return;
      }
      if (todo.equals("refuse")) {
        answer(ctx, HttpResponseStatus.FORBIDDEN, "{\"type\":\"https://parley.chat/problems/x\"}");
        return;
      }
      if (todo.equals("hang")) {
        return;
      }
      if (todo.equals("die")) {
        reset(ctx.channel());
        return;
      }
      WebSocketServerHandshaker handshaker =
          new WebSocketServerHandshakerFactory("ws://x/ws", "v12.stomp", true, 10_000_000)
              .newHandshaker(request);
      sockets.add(ctx.channel());
      handshaker
          .handshake(ctx.channel(), request)
          .addListener(
              done -> {
                ctx.pipeline().addLast(new Frames(todo, query));
                ctx.pipeline().remove(Requests.this);
                if (todo.equals("greet")) {
                  ctx.channel().writeAndFlush(new TextWebSocketFrame("hello"));
                } else if (todo.equals("flood")) {
                  flood(ctx.channel());
                } else if (todo.equals("half")) {
                  ctx.channel().write(new TextWebSocketFrame("last"));
                  ctx.channel()
                      .writeAndFlush(new TextWebSocketFrame("words"))
                      .addListener(f -> ((SocketChannel) ctx.channel()).shutdownOutput());
                } else if (todo.equals("close")) {
                  int code =
                      Integer.parseInt(query.parameters().getOrDefault("code", List.of()).get(0));
                  ctx.channel().writeAndFlush(new CloseWebSocketFrame(code, "because"));
                }
              });
    }
  }

  private void flood(Channel channel) {
    while (channel.isActive() && channel.isWritable()) {
      ByteBuf payload = Unpooled.wrappedBuffer(new byte[1000]);
      flooded.addAndGet(1000);
      channel.write(new BinaryWebSocketFrame(payload));
    }
    channel.flush();
    if (channel.isActive() && channel.isWritable()) {
      floodAgain(channel);
    }
  }

  /** Not at once: the loop would run nothing but this, and read nothing, for a second. */
  private void floodAgain(Channel channel) {
    channel.eventLoop().schedule(() -> flood(channel), 1, TimeUnit.MILLISECONDS);
  }

  private final class Frames extends SimpleChannelInboundHandler<WebSocketFrame> {

    private final String todo;
    private boolean hasQuit;

    Frames(String todo, QueryStringDecoder query) {
      this.todo = todo;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
      if (frame instanceof CloseWebSocketFrame close) {
        closeCodes.add(close.statusCode());
        ctx.writeAndFlush(frame.retain()).addListener(ChannelFutureListener.CLOSE);
      } else if (todo.equals("reset")) {
        reset(ctx.channel());
      } else if (todo.equals("quit")) {
        quit(ctx);
      } else if (!todo.equals("flood")) {
        ctx.writeAndFlush(frame.retain());
      }
    }

    /** Like a server that has had enough: it says why, and leaves unread what came after. */
    private void quit(ChannelHandlerContext ctx) {
      if (!hasQuit) {
        hasQuit = true;
        ctx.channel().config().setAutoRead(false);
        ctx.write(new TextWebSocketFrame("why"));
        ctx.writeAndFlush(new CloseWebSocketFrame(1002, "because"))
            .addListener(ChannelFutureListener.CLOSE);
      }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      if (todo.equals("flood") && ctx.channel().isWritable()) {
        floodAgain(ctx.channel());
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close();
    }
  }
}
