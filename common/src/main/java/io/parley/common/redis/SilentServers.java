package io.parley.common.redis;

import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends all connections to a server as soon as one of them was asked something and nothing came back
 * for two looks in a row: with the usual ones 3 to 6 s. A server that is frozen keeps its
 * connections open, so the driver would stay with it for ever; now it connects again, and asks the
 * Sentinels who is in its place.
 *
 * <p>No command may block for as long as a look takes.
 */
final class SilentServers implements NettyCustomizer {

  static final Duration USUAL_LOOKS = Duration.ofSeconds(3);

  private static final Logger log = LoggerFactory.getLogger(SilentServers.class);

  private final Duration lookEach;
  private final Set<Channel> open = ConcurrentHashMap.newKeySet();

  SilentServers(Duration lookEach) {
    this.lookEach = lookEach;
  }

  @Override
  public void afterChannelInitialized(Channel channel) {
    open.add(channel);
    channel.closeFuture().addListener(closed -> open.remove(channel));
    channel.pipeline().addFirst(new Watch());
  }

  private void end(SocketAddress server) {
    log.warn("Redis at {} takes commands and answers none: its connections are ended", server);
    open.stream().filter(channel -> server.equals(channel.remoteAddress())).forEach(Channel::close);
  }

  /** Of one connection; used on its event loop only. */
  private final class Watch extends ChannelDuplexHandler {

    private boolean waiting;

    /**
     * The look before found it waiting, too: not just once, as after a pause of this process a look
     * may come before the answer that has long been there.
     */
    private boolean doubted;

    private boolean looking;

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
      waiting = true;
      if (!looking) {
        lookLater(context);
      }
      context.write(message, promise);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      waiting = false;
      doubted = false;
      context.fireChannelRead(message);
    }

    private void lookLater(ChannelHandlerContext context) {
      looking = true;
      var unused =
          context
              .executor()
              .schedule(() -> look(context), lookEach.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look(ChannelHandlerContext context) {
      looking = false;
      // One that has ended by itself says nothing of those that came after it.
      if (!waiting || !context.channel().isActive()) {
        return;
      }
      if (doubted) {
        end(context.channel().remoteAddress());
      } else {
        doubted = true;
        lookLater(context);
      }
    }
  }
}
