package io.parley.gateway.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.MonoSink;

/**
 * The gateway's connection to a node, from the upgrade request to the answer. After a 101 it has
 * taken the HTTP handlers out, reads no further, and keeps what came behind the answer until {@link
 * #takeEarly()}.
 */
final class NodeHandshake extends ChannelInboundHandlerAdapter {

  private static final int MAX_REFUSAL_BYTES = 64 * 1024;

  private final FullHttpRequest request;
  private final MonoSink<NodeHandshake> sink;
  private final Duration timeout;
  private ByteBuf early = Unpooled.EMPTY_BUFFER;
  private @Nullable Channel channel;
  private @Nullable FullHttpResponse answer;
  private @Nullable Future<?> timer;
  private boolean failed;

  /**
   * @param request is sent as soon as the connection stands
   * @param sink gets this handshake when it is answered, IOException when it never will be, and
   *     TimeoutException when it takes too long
   */
  NodeHandshake(FullHttpRequest request, MonoSink<NodeHandshake> sink, Duration timeout) {
    this.request = request;
    this.sink = sink;
    this.timeout = timeout;
  }

  Channel channel() {
    return present(channel);
  }

  FullHttpResponse answer() {
    return present(answer);
  }

  boolean isSwitched() {
    return answer().status().equals(HttpResponseStatus.SWITCHING_PROTOCOLS);
  }

  /**
   * Bytes that the node sent right behind its 101, or an empty buffer. The caller releases them.
   */
  ByteBuf takeEarly() {
    ByteBuf taken = early;
    early = Unpooled.EMPTY_BUFFER;
    return taken;
  }

  /** Makes room for the relay. The node may have gone since it answered: the relay sees to that. */
  void leave() {
    if (channel().pipeline().context(this) != null) {
      channel().pipeline().remove(this);
    }
  }

  void discard() {
    early.release();
    early = Unpooled.EMPTY_BUFFER;
    channel().close();
  }

  void addTo(ChannelPipeline pipeline) {
    pipeline.addLast(new HttpClientCodec());
    pipeline.addLast(new HttpObjectAggregator(MAX_REFUSAL_BYTES, true));
    pipeline.addLast(this);
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    timer =
        ctx.executor()
            .schedule(
                () -> fail(ctx, new TimeoutException("no answer to the upgrade request")),
                timeout.toMillis(),
                TimeUnit.MILLISECONDS);
    ctx.writeAndFlush(request);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof FullHttpResponse response && answer == null) {
      answered(ctx, response);
    } else if (message instanceof ByteBuf bytes && answer != null) {
      early = Unpooled.wrappedBuffer(early, bytes);
    } else {
      ReferenceCountUtil.release(message);
    }
  }

  private void answered(ChannelHandlerContext ctx, FullHttpResponse response) {
    if (response.decoderResult().isFailure()) {
      response.release();
      fail(ctx, new IOException("the answer is not HTTP", response.decoderResult().cause()));
      return;
    }
    cancelTimer();
    // A copy on the heap: no reference count travels in the sink.
    answer = response.replace(Unpooled.copiedBuffer(response.content()));
    response.release();
    if (isSwitched()) {
      ctx.channel().config().setAutoRead(false);
      // The codec hands on the bytes that it holds when it is removed.
      ctx.pipeline().remove(HttpObjectAggregator.class);
      ctx.pipeline().remove(HttpClientCodec.class);
    } else {
      ctx.close();
    }
    sink.success(this);
  }

  /** With half-closure allowed, this is how the end of the connection shows. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent && answer == null) {
      fail(ctx, new IOException("closed before an answer"));
    }
    ReferenceCountUtil.release(event);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail(ctx, new IOException("closed before an answer"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(ctx, cause instanceof IOException ? cause : new IOException(cause));
  }

  private void fail(ChannelHandlerContext ctx, Throwable cause) {
    cancelTimer();
    ctx.close();
    if (answer == null && !failed) {
      failed = true;
      sink.error(cause);
    }
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("not answered yet");
    }
    return value;
  }
}
