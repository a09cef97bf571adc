package io.parley.gateway.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection and the one to its node, coupled: what one sends, the other gets, byte for
 * byte. Both belong to one event loop, in which everything here runs.
 *
 * <p>Back-pressure: a side is read only while the other one can be written to, so that at most a
 * buffer and one read wait here, and a slow receiver slows its sender down by TCP. A receiver whose
 * backlog stays over the buffer for the write timeout is given up.
 */
final class Relay {

  private static final Logger log = LoggerFactory.getLogger(Relay.class);

  private final Sockets sockets;
  private final SocketProperties properties;
  private final Side client;
  private final Side node;
  private final FrameCursor toClient = new FrameCursor();
  private @Nullable ByteBuf farewell;
  private boolean saidFarewell;

  Relay(Channel client, Channel node, Sockets sockets, SocketProperties properties) {
    this.sockets = sockets;
    this.properties = properties;
    this.client = new Side(client, node, sockets.bytesFromClients());
    this.node = new Side(node, client, sockets.bytesToClients());
  }

  /**
   * Begins to pass bytes. No other handler but TLS may be left in either connection.
   *
   * @param head the node's 101 as it goes to the client
   * @param fromClient what the client has sent already
   * @param fromNode what the node has sent already, behind its 101
   */
  void start(ByteBuf head, ByteBuf fromClient, ByteBuf fromNode) {
    client.channel.pipeline().addLast(client);
    node.channel.pipeline().addLast(node);
    sockets.opened(this);
    client.channel.closeFuture().addListener(closed -> sockets.closed(this));
    client.channel.write(head);
    if (fromNode.isReadable()) {
      node.pass(fromNode);
    } else {
      fromNode.release();
    }
    client.channel.flush();
    if (fromClient.isReadable()) {
      client.pass(fromClient);
      node.channel.flush();
    } else {
      fromClient.release();
    }
    // A connection may have ended, in whole or in part, before these handlers stood in it.
    client.begin();
    node.begin();
  }

  /**
   * Sends the client a Close frame of the gateway's own as soon as the node's present frame is
   * through, then passes only what the client still says, and closes. May be called from any
   * thread.
   *
   * @param closeFrame released here
   */
  void sayFarewell(ByteBuf closeFrame) {
    client
        .channel
        .eventLoop()
        .execute(
            () -> {
              if (toClient.isClosing() || farewell != null || !client.channel.isActive()) {
                closeFrame.release();
              } else {
                farewell = closeFrame;
                client.channel.closeFuture().addListener(closed -> releaseFarewell());
                if (toClient.isBetweenFrames()) {
                  writeFarewell(closeFrame);
                  client.channel.flush();
                }
              }
              closeBothLater();
            });
  }

  private void writeFarewell(ByteBuf closeFrame) {
    saidFarewell = true;
    client.channel.write(closeFrame.retain(), client.channel.voidPromise());
  }

  private void releaseFarewell() {
    if (farewell != null) {
      farewell.release();
      farewell = null;
      saidFarewell = true;
    }
  }

  void close() {
    client.channel.close();
    node.channel.close();
  }

  private void closeBothLater() {
    Duration linger = properties.socketLinger();
    Future<?> timer =
        client.channel.eventLoop().schedule(this::close, linger.toMillis(), TimeUnit.MILLISECONDS);
    client.channel.closeFuture().addListener(closed -> timer.cancel(false));
  }

  private void closeAfterFlush(Channel channel) {
    if (channel.isActive()) {
      channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      closeBothLater();
    }
  }

  /** Reads one of the two connections, and watches over what is written to it. */
  private final class Side extends ChannelInboundHandlerAdapter {

    private final Channel channel;
    private final Channel peer;
    private final LongAdder passed;
    private long unwritableSince;
    private boolean unwritable;
    private boolean watched;

    Side(Channel channel, Channel peer, LongAdder passed) {
      this.channel = channel;
      this.peer = peer;
      this.passed = passed;
    }

    void begin() {
      if (!channel.isActive()) {
        closeAfterFlush(peer);
      } else if (channel instanceof DuplexChannel duplex && duplex.isInputShutdown()) {
        inputEnded();
      } else if (peer.isWritable()) {
        channel.config().setAutoRead(true);
        channel.read();
      }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      if (message instanceof ByteBuf bytes) {
        pass(bytes);
      } else {
        ReferenceCountUtil.release(message);
      }
    }

    void pass(ByteBuf bytes) {
      passed.add(bytes.readableBytes());
      if (this == node) {
        passToClient(bytes);
      } else {
        peer.write(bytes, peer.voidPromise());
      }
      if (!peer.isWritable()) {
        channel.config().setAutoRead(false);
      }
    }

    private void passToClient(ByteBuf bytes) {
      if (saidFarewell) {
        bytes.release();
      } else if (farewell != null) {
        ByteBuf rest = bytes.readRetainedSlice(toClient.passFrame(bytes));
        bytes.release();
        peer.write(rest, peer.voidPromise());
        if (toClient.isBetweenFrames() && !toClient.isClosing()) {
          writeFarewell(farewell);
        }
      } else {
        toClient.passAll(bytes);
        peer.write(bytes, peer.voidPromise());
      }
    }

    /** One write for all that one read brought. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      peer.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      boolean writable = channel.isWritable();
      peer.config().setAutoRead(writable);
      if (writable) {
        unwritable = false;
      } else if (!unwritable) {
        unwritable = true;
        unwritableSince = System.nanoTime();
        if (!watched) {
          watched = true;
          watchAfter(properties.socketWriteTimeout().toNanos());
        }
      }
    }

    private void watchAfter(long nanos) {
      channel.eventLoop().schedule(this::watch, nanos, TimeUnit.NANOSECONDS);
    }

    private void watch() {
      if (!unwritable || !channel.isOpen()) {
        watched = false;
        return;
      }
      long left = unwritableSince + properties.socketWriteTimeout().toNanos() - System.nanoTime();
      if (left > 0) {
        watchAfter(left);
        return;
      }
      log.info(
          "{} reads too slowly and is closed: {}",
          this == client ? "a client" : "a node",
          channel.remoteAddress());
      sockets.stalled();
      Relay.this.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof ChannelInputShutdownEvent) {
        inputEnded();
      }
      ReferenceCountUtil.release(event);
    }

    /** The other direction may still have something to say, but not for long. */
    private void inputEnded() {
      if (peer instanceof DuplexChannel duplex && peer.pipeline().get(SslHandler.class) == null) {
        peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> duplex.shutdownOutput());
        closeBothLater();
      } else {
        closeAfterFlush(peer);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      closeAfterFlush(peer);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      log.debug("{} broke: {}", channel.remoteAddress(), cause.toString());
      channel.close();
    }
  }
}
