package io.parley.gateway.edge;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose client is still sending, one that has its 413 while its body is under way,
 * ends in two steps (RFC 9112, 9.6): the answer and the end of the stream, and, when what comes
 * meanwhile has been read and dropped, the close. Closed at once it would be reset, and the client
 * may lose the answer. One per connection, behind the HTTP codec.
 */
final class LingeringClose extends ChannelDuplexHandler {

  static final String NAME = "parley.lingering-close";

  private static final long LINGER_MILLIS = 2_000;

  private boolean sending;
  private @Nullable ChannelPromise closing;
  private @Nullable Future<?> timer;

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (message instanceof HttpRequest) {
      sending = true;
    }
    if (message instanceof LastHttpContent) {
      sending = false;
    }
    if (closing == null) {
      ctx.fireChannelRead(message);
      return;
    }
    ReferenceCountUtil.release(message);
    if (!sending) {
      end(ctx);
    }
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    Channel channel = ctx.channel();
    if (!sending || closing != null || !channel.isActive()) {
      ctx.close(promise);
      return;
    }
    closing = promise;
    timer = ctx.executor().schedule(() -> end(ctx), LINGER_MILLIS, TimeUnit.MILLISECONDS);
    SslHandler tls = ctx.pipeline().get(SslHandler.class);
    if (tls == null) {
      endOutput(channel);
    } else {
      tls.closeOutbound().addListener(notified -> endOutput(channel));
    }
    channel.config().setAutoRead(true);
    ctx.read();
  }

  private static void endOutput(Channel channel) {
    if (channel instanceof DuplexChannel duplex) {
      duplex.shutdownOutput();
    }
  }

  private void end(ChannelHandlerContext ctx) {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
    if (closing != null) {
      ctx.close(closing);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    end(ctx);
    ctx.fireChannelInactive();
  }
}
