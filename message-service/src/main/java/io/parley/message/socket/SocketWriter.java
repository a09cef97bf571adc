package io.parley.message.socket;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;

/**
 * The outgoing side of one socket. Frames are given to Jetty's core as bytes that are shared among
 * sockets, and all but the last of a flush as a batch, so that they leave in one write. What waits
 * is bounded in bytes and in time: a client that takes too little is closed, alone.
 */
final class SocketWriter {

  private final CoreSession core;
  private final long maxWaitingBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Callback progress = Callback.from(this::progressed, this::failed);
  private List<byte[]> waiting = new ArrayList<>(2);
  private long waitingBytes;
  private volatile long inFlightBytes;
  private volatile long progressNanos;
  private volatile long closingNanos;

  SocketWriter(CoreSession core, long maxWaitingBytes) {
    this.core = core;
    this.maxWaitingBytes = maxWaitingBytes;
    this.progressNanos = System.nanoTime();
  }

  void add(byte[] frame) {
    lock.lock();
    try {
      if (closingNanos == 0) {
        waiting.add(frame);
        waitingBytes += frame.length;
      }
    } finally {
      lock.unlock();
    }
  }

  void flush() {
    lock.lock();
    try {
      if (waiting.isEmpty() || closingNanos != 0) {
        return;
      }
      List<byte[]> frames = waiting;
      long bytes = waitingBytes;
      waiting = new ArrayList<>(2);
      waitingBytes = 0;
      if (inFlightBytes > maxWaitingBytes) {
        close(CloseCode.TOO_SLOW);
        return;
      }
      if (inFlightBytes == 0) {
        progressNanos = System.nanoTime();
      }
      inFlightBytes += bytes;
      int last = frames.size() - 1;
      for (int i = 0; i < last; i++) {
        core.sendFrame(text(frames.get(i)), progress, true);
      }
      core.sendFrame(
          text(frames.get(last)), Callback.from(() -> written(bytes), this::failed), false);
    } finally {
      lock.unlock();
    }
  }

  void send(byte[] frame) {
    add(frame);
    flush();
  }

  void ping() {
    core.sendFrame(new Frame(OpCode.PING), Callback.NOOP, false);
  }

  private static Frame text(byte[] frame) {
    return new Frame(OpCode.TEXT, ByteBuffer.wrap(frame));
  }

  private void written(long bytes) {
    lock.lock();
    try {
      inFlightBytes -= bytes;
      progressNanos = System.nanoTime();
    } finally {
      lock.unlock();
    }
  }

  private void progressed() {
    progressNanos = System.nanoTime();
  }

  private void failed(Throwable failure) {
    core.abort();
  }

  /** Whether something waits and the client has taken nothing for so long. */
  boolean isStalled(long now, long timeoutNanos) {
    return inFlightBytes > 0 && now - progressNanos > timeoutNanos;
  }

  void close(CloseCode code) {
    close(code.code(), code.reason());
  }

  /** What waits in the container still leaves, then the close frame; see {@link #isOverdue}. */
  void close(int code, String reason) {
    lock.lock();
    try {
      if (closingNanos != 0) {
        return;
      }
      closingNanos = System.nanoTime() | 1;
    } finally {
      lock.unlock();
    }
    core.close(code, reason, Callback.NOOP);
  }

  boolean isClosing() {
    return closingNanos != 0;
  }

  /** Whether a close has been under way for so long that the client will not answer it. */
  boolean isOverdue(long now, long timeoutNanos) {
    return closingNanos != 0 && now - closingNanos > timeoutNanos;
  }

  void abort() {
    core.abort();
  }
}
