package io.parley.gateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.FileRegion;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Cuts a client that takes its time on purpose, or has gone: one that sends the head of a request
 * byte by byte, and one that does not read its answer. Each would hold its connection, and what
 * waits for it here and in a service, for as long as it liked. One per connection, with a handler
 * on each side of the HTTP codec; a connection that becomes a socket is left to the relay.
 */
final class SlowClients {

  private static final String BYTES = "parley.slow-heads";
  private static final String MESSAGES = "parley.slow-readers";

  private static final byte[] TIMEOUT =
      "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
          .getBytes(StandardCharsets.US_ASCII);

  private final long headMillis;
  private final long graceMillis;
  private final long bytesASecond;

  private @Nullable Future<?> headTimer;

  /** From a head that was read to the end of its request. */
  private boolean inRequest;

  /** No head follows: the relay takes these handlers out, or the answer ends the connection. */
  private boolean isLast;

  private SlowClients(EdgeProperties properties) {
    this.headMillis = properties.headTimeout().toMillis();
    this.graceMillis = properties.answerGrace().toMillis();
    this.bytesASecond = properties.answerMinRate().toBytes();
  }

  static void watch(ChannelPipeline pipeline, EdgeProperties properties) {
    SlowClients client = new SlowClients(properties);
    pipeline
        .addBefore(NettyPipeline.HttpCodec, BYTES, client.new Bytes())
        .addAfter(NettyPipeline.HttpCodec, MESSAGES, client.new Messages());
  }

  private void stopHeadTimer() {
    if (headTimer != null) {
      headTimer.cancel(false);
      headTimer = null;
    }
  }

  /** What arrives: the time for a head counts from its first byte. */
  private final class Bytes extends ChannelInboundHandlerAdapter {

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (!inRequest && headTimer == null) {
        headTimer = ctx.executor().schedule(() -> timeOut(ctx), headMillis, TimeUnit.MILLISECONDS);
      }
      ctx.fireChannelRead(message);
    }

    private void timeOut(ChannelHandlerContext ctx) {
      headTimer = null;
      ctx.writeAndFlush(Unpooled.wrappedBuffer(TIMEOUT)).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
      stopHeadTimer();
    }
  }

  /** What leaves: what waits may do so for a while, and for longer the more has been taken. */
  private final class Messages extends ChannelDuplexHandler {

    private long written;
    private long since;
    private @Nullable Future<?> checks;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof HttpRequest request) {
        stopHeadTimer();
        inRequest = true;
        isLast = WebSocketRequests.isUpgrade(request);
      }
      if (message instanceof LastHttpContent && !isLast) {
        inRequest = false;
      }
      ctx.fireChannelRead(message);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
      if (checks == null) {
        written = 0;
        since = System.nanoTime();
        long every = Math.max(1, graceMillis / 8);
        checks =
            ctx.executor()
                .scheduleWithFixedDelay(() -> check(ctx), every, every, TimeUnit.MILLISECONDS);
      }
      written += size(message);
      ctx.write(message, promise);
    }

    private void check(ChannelHandlerContext ctx) {
      long waiting = waiting(ctx);
      if (waiting <= 0) {
        stopChecks();
        return;
      }
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - since);
      long taken = Math.max(0, written - waiting);
      if (millis > graceMillis + taken * 1000 / bytesASecond) {
        stopChecks();
        // What waits is dropped: the end would wait behind it.
        ctx.channel().config().setOption(ChannelOption.SO_LINGER, 0);
        ctx.close();
      }
    }

    private void stopChecks() {
      if (checks != null) {
        checks.cancel(false);
        checks = null;
      }
    }

    private static long waiting(ChannelHandlerContext ctx) {
      ChannelOutboundBuffer buffer = ctx.channel().unsafe().outboundBuffer();
      return buffer == null ? 0 : buffer.totalPendingWriteBytes() - buffer.currentProgress();
    }

    private static long size(Object message) {
      return switch (message) {
        case ByteBuf bytes -> bytes.readableBytes();
        case ByteBufHolder holder -> holder.content().readableBytes();
        case FileRegion region -> region.count();
        default -> 0;
      };
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      stopHeadTimer();
      stopChecks();
      ctx.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
      stopChecks();
    }
  }
}
