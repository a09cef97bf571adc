package io.parley.gateway.relay;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.nio.channels.NotYetConnectedException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's connection and the one to its node, coupled: what one sends, the other gets, byte for
 * byte. Both belong to one event loop, in which everything here runs.
 *
 * <p>The two directions end apart from each other. A side that will say no more, whether it closed,
 * half-closed or was reset, is read to its last byte, and its peer is told only when it has all of
 * that. A side that takes nothing any more loses what is still meant for it, and is heard all the
 * same: what it said last, an ERROR and a Close frame, is why it went. So nothing is closed while
 * bytes may wait in it unread, as that would be a reset to the other end, which may cost it what it
 * was sent (RFC 9293, 3.5.3); but all of it ends after the linger time.
 *
 * <p>Back-pressure: a side is read only while the other one can be written to, so that at most a
 * buffer and one read wait here, and a slow receiver slows its sender down by TCP. A receiver whose
 * backlog stays over the buffer for the write timeout is given up.
 */
final class Relay {

  /** Who or what began the end of a socket. */
  enum End {
    CLIENT("client"),
    NODE("node"),
    DRAIN("drain"),
    SLOW_CLIENT("slow-client"),
    SLOW_NODE("slow-node"),
    OTHER("other");

    private final String reason;

    End(String reason) {
      this.reason = reason;
    }

    String reason() {
      return reason;
    }
  }

  private static final Logger log = LoggerFactory.getLogger(Relay.class);

  private final Sockets sockets;
  private final SocketProperties properties;
  private final Side client;
  private final Side node;
  private final FrameCursor toClient = new FrameCursor();
  private @Nullable ByteBuf farewell;
  private boolean saidFarewell;
  private boolean ending;
  private @Nullable End end;

  Relay(Channel client, Channel node, Sockets sockets, SocketProperties properties) {
    this.sockets = sockets;
    this.properties = properties;
    this.client = new Side(client, sockets.bytesFromClients());
    this.node = new Side(node, sockets.bytesToClients());
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
    client
        .channel
        .closeFuture()
        .addListener(closed -> sockets.closed(this, end == null ? End.OTHER : end));
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
                begins(End.DRAIN);
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

  /** The first one counts: what follows is its consequence. */
  private void begins(End first) {
    if (end == null) {
      end = first;
    }
  }

  void close() {
    client.channel.close();
    node.channel.close();
  }

  private void closeBothLater() {
    if (!ending) {
      ending = true;
      Duration linger = properties.socketLinger();
      Future<?> timer =
          client
              .channel
              .eventLoop()
              .schedule(this::close, linger.toMillis(), TimeUnit.MILLISECONDS);
      client.channel.closeFuture().addListener(closed -> timer.cancel(false));
    }
  }

  /** Reads one of the two connections, and watches over what is written to it. */
  private final class Side extends ChannelInboundHandlerAdapter {

    private final Channel channel;
    private final LongAdder passed;
    private boolean saidAll;
    private boolean takesNothing;
    private long unwritableSince;
    private boolean unwritable;
    private boolean watched;

    Side(Channel channel, LongAdder passed) {
      this.channel = channel;
      this.passed = passed;
    }

    private Side peer() {
      return this == client ? node : client;
    }

    void begin() {
      if (!channel.isActive()) {
        channelGone();
      } else if (channel instanceof DuplexChannel duplex && duplex.isInputShutdown()) {
        inputEnded();
      } else if (peer().takesNothing || peer().channel.isWritable()) {
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
      Side to = peer();
      if (to.takesNothing) {
        bytes.release();
        return;
      }
      if (this == node) {
        passToClient(bytes);
      } else {
        to.write(bytes);
      }
      if (!to.takesNothing && !to.channel.isWritable()) {
        channel.config().setAutoRead(false);
      }
    }

    private void passToClient(ByteBuf bytes) {
      if (saidFarewell) {
        bytes.release();
      } else if (farewell != null) {
        ByteBuf rest = bytes.readRetainedSlice(toClient.passFrame(bytes));
        bytes.release();
        client.write(rest);
        if (toClient.isBetweenFrames() && !toClient.isClosing()) {
          writeFarewell(farewell);
        }
      } else {
        toClient.passAll(bytes);
        client.write(bytes);
      }
    }

    private void write(ByteBuf bytes) {
      channel.write(bytes, channel.voidPromise());
    }

    /** One write for all that one read brought. */
    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
      peer().channel.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
      if (takesNothing) {
        return;
      }
      boolean writable = channel.isWritable();
      peer().channel.config().setAutoRead(writable);
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
      begins(this == client ? End.SLOW_CLIENT : End.SLOW_NODE);
      Relay.this.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
      if (event instanceof ChannelInputShutdownEvent || event instanceof SslCloseCompletionEvent) {
        inputEnded();
      } else if (event instanceof ChannelOutputShutdownEvent) {
        outputEnded();
      }
      ReferenceCountUtil.release(event);
    }

    /** Everything from here has been passed. The peer may still have something to say. */
    private void inputEnded() {
      if (saidAll) {
        return;
      }
      saidAll = true;
      begins(this == client ? End.CLIENT : End.NODE);
      closeBothLater();
      if (peer().saidAll) {
        closeAfterFlush();
        peer().closeAfterFlush();
      } else {
        peer().endOutput();
      }
    }

    /** What the peer still says is read, so that this side's own last words are, and dropped. */
    private void outputEnded() {
      if (takesNothing) {
        return;
      }
      takesNothing = true;
      begins(this == client ? End.CLIENT : End.NODE);
      unwritable = false;
      closeBothLater();
      if (peer().channel.isOpen()) {
        peer().channel.config().setAutoRead(true);
      }
    }

    private void channelGone() {
      outputEnded();
      inputEnded();
    }

    /** Sends what waits, then the end of the stream. */
    private void endOutput() {
      if (!takesNothing) {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> closeTls());
      }
    }

    private void closeTls() {
      SslHandler tls = channel.pipeline().get(SslHandler.class);
      if (tls == null) {
        shutdownOutput();
      } else {
        tls.closeOutbound().addListener(notified -> shutdownOutput());
      }
    }

    private void shutdownOutput() {
      if (channel instanceof DuplexChannel duplex) {
        duplex.shutdownOutput();
      }
    }

    private void closeAfterFlush() {
      if (takesNothing) {
        channel.close();
      } else {
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      channelGone();
    }

    /** What a connection's end throws comes as an event, too, for each direction by itself. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      log.debug("{} broke: {}", channel.remoteAddress(), cause.toString());
      boolean ofItsEnd = cause instanceof IOException || cause instanceof NotYetConnectedException;
      if (!ofItsEnd || cause instanceof SSLException) {
        channel.close();
      }
    }
  }
}
