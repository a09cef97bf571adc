package io.parley.gateway.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.parley.gateway.edge.WebSocketRequests;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Stands behind the HTTP codec of every client connection and has two tasks once a WebSocket
 * upgrade request has been read.
 *
 * <p>What follows that request is not HTTP. So the decoder is taken out at once, and the bytes that
 * a hasty client sends before it has its answer are kept here, not parsed as a broken second
 * request. Any answer but a 101 therefore ends the connection.
 *
 * <p>When the gateway decides to switch, {@link #switchTo} arms this handler. Spring and Reactor
 * Netty then answer 101 like any other status, and so end the exchange, its log line and its
 * metrics in their usual way; that answer is swallowed here, and the connection handed to the
 * relay, which passes the node's own 101.
 */
final class UpgradeHandler extends ChannelDuplexHandler {

  static final String NAME = "parley.upgrade";

  /** What a client may send before its answer; it is read no further then. */
  private static final int MAX_EARLY_BYTES = 64 * 1024;

  private boolean upgrading;
  private boolean raw;
  private @Nullable CompositeByteBuf early;
  private @Nullable BiConsumer<Channel, ByteBuf> relay;
  private @Nullable Runnable abandoned;

  static @Nullable UpgradeHandler of(Channel channel) {
    return (UpgradeHandler) channel.pipeline().get(NAME);
  }

  /**
   * Whether the request that is being answered is an upgrade whose connection can be taken over.
   */
  boolean isUpgrading() {
    return upgrading;
  }

  /**
   * Must be called in the event loop, before a 101 is answered.
   *
   * @param relay gets the connection and what the client has sent after its request
   * @param abandoned is run instead if the connection ends, or is answered otherwise, before that
   */
  void switchTo(BiConsumer<Channel, ByteBuf> relay, Runnable abandoned) {
    this.relay = relay;
    this.abandoned = abandoned;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (raw) {
      keep(ctx, message);
      return;
    }
    if (message instanceof HttpRequest request) {
      upgrading = WebSocketRequests.isUpgrade(request);
    }
    ctx.fireChannelRead(message);
    if (upgrading && message instanceof LastHttpContent) {
      raw = true;
      // The decoder hands on, to this handler, what it holds when it is removed.
      ctx.pipeline()
          .replace(NettyPipeline.HttpCodec, NettyPipeline.HttpCodec, new HttpResponseEncoder());
    }
  }

  private void keep(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf bytes)) {
      ReferenceCountUtil.release(message);
      return;
    }
    if (early == null) {
      early = ctx.alloc().compositeBuffer();
    }
    early.addComponent(true, bytes);
    if (early.readableBytes() > MAX_EARLY_BYTES) {
      ctx.channel().config().setAutoRead(false);
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (!upgrading) {
      ctx.write(message, promise);
      return;
    }
    if (relay != null
        && message instanceof HttpResponse response
        && !response.status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS)) {
      abandon();
    }
    if (relay != null) {
      boolean last = message instanceof LastHttpContent;
      ReferenceCountUtil.release(message);
      promise.trySuccess();
      if (last) {
        // Later, when Reactor Netty has ended the exchange: it does so on the promise above.
        ctx.executor().execute(() -> handOver(ctx));
      }
      return;
    }
    if (message instanceof HttpResponse response) {
      HttpUtil.setKeepAlive(response, false);
    }
    ChannelPromise closing = promise.unvoid();
    if (message instanceof LastHttpContent) {
      closing.addListener(ChannelFutureListener.CLOSE);
    }
    ctx.write(message, closing);
  }

  private void handOver(ChannelHandlerContext ctx) {
    BiConsumer<Channel, ByteBuf> taker = relay;
    if (taker != null && !ctx.isRemoved()) {
      relay = null;
      abandoned = null;
      ByteBuf sent = early == null ? Unpooled.EMPTY_BUFFER : early;
      early = null;
      try {
        taker.accept(ctx.channel(), sent);
      } catch (RuntimeException e) {
        // Half taken over, the connection is of no use to anybody.
        ctx.channel().close();
        throw e;
      }
    }
  }

  private void abandon() {
    relay = null;
    if (abandoned != null) {
      Runnable task = abandoned;
      abandoned = null;
      task.run();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    abandon();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    if (early != null) {
      early.release();
      early = null;
    }
  }
}
