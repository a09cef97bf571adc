package io.parley.message.socket;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.eclipse.jetty.websocket.core.OpCode;

/**
 * The outgoing side of one socket. Frames are given to Jetty's core as bytes that are shared among
 * sockets, a batch at a time: all but the last of it as a batch, so that they leave in one write,
 * and the next only when this one has left. What waits is therefore here, where it can be dropped;
 * it is bounded in bytes and in time: a client that takes too little is closed, alone.
 */
final class SocketWriter {

  private static final int BATCH_BYTES = 64 * 1024;

  /** More frames than this make the queue's array worth giving back. */
  private static final int BURST = 64;

  private final CoreSession core;
  private final long maxWaitingBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final Callback progress = Callback.from(this::progressed, this::failed);
  private final Callback written = Callback.from(this::written, this::failed);
  private Deque<byte[]> waiting = new ArrayDeque<>(4);
  private int mostWaiting;
  private long waitingBytes;
  private long addedBytes;
  private boolean pumping;
  private boolean closeIsDue;
  private boolean closeSent;
  private int closeCode;
  private String closeReason = "";
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
        mostWaiting = Math.max(mostWaiting, waiting.size());
        waitingBytes += frame.length;
        addedBytes += frame.length;
      }
    } finally {
      lock.unlock();
    }
  }

  void flush() {
    lock.lock();
    try {
      if (closingNanos != 0) {
        return;
      }
      long before = inFlightBytes + waitingBytes - addedBytes;
      addedBytes = 0;
      if (before > maxWaitingBytes) {
        drop();
        closing(CloseCode.TOO_SLOW.code(), CloseCode.TOO_SLOW.reason());
      }
      pump();
    } finally {
      unlock();
    }
  }

  void send(byte[] frame) {
    add(frame);
    flush();
  }

  void ping() {
    core.sendFrame(new Frame(OpCode.PING), Callback.NOOP, false);
  }

  /**
   * Gives the next batch to the container unless one is on its way; then the close, if it is due.
   */
  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      while (inFlightBytes == 0 && !waiting.isEmpty()) {
        sendBatch();
      }
    } finally {
      pumping = false;
    }
    if (closingNanos != 0 && !closeSent && inFlightBytes == 0) {
      closeSent = true;
      closeIsDue = true;
    }
  }

  private void sendBatch() {
    long bytes = 0;
    int frames = 0;
    for (byte[] frame : waiting) {
      if (frames > 0 && bytes + frame.length > BATCH_BYTES) {
        break;
      }
      bytes += frame.length;
      frames++;
    }
    waitingBytes -= bytes;
    inFlightBytes = bytes;
    progressNanos = System.nanoTime();
    for (; frames > 1; frames--) {
      core.sendFrame(text(waiting.remove()), progress, true);
    }
    core.sendFrame(text(waiting.remove()), written, false);
    if (waiting.isEmpty() && mostWaiting > BURST) {
      waiting = new ArrayDeque<>(4);
      mostWaiting = 0;
    }
  }

  private static Frame text(byte[] frame) {
    return new Frame(OpCode.TEXT, ByteBuffer.wrap(frame));
  }

  private void written() {
    lock.lock();
    try {
      inFlightBytes = 0;
      progressNanos = System.nanoTime();
      pump();
    } finally {
      unlock();
    }
  }

  /** The container calls back from its close; it must not do so under the lock. */
  private void unlock() {
    boolean close = closeIsDue && lock.getHoldCount() == 1;
    if (close) {
      closeIsDue = false;
    }
    lock.unlock();
    if (close) {
      core.close(closeCode, closeReason, Callback.NOOP);
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

  /** What waits still leaves, then the close frame; see {@link #isOverdue}. */
  void close(int code, String reason) {
    lock.lock();
    try {
      if (closingNanos == 0) {
        closing(code, reason);
        pump();
      }
    } finally {
      unlock();
    }
  }

  /**
   * Drops what waits, and closes after one last frame. Only what the container has begun to write
   * still leaves before it; see {@link #abortIfStuck}.
   */
  void cut(byte[] last, CloseCode code) {
    lock.lock();
    try {
      if (!closeSent) {
        drop();
        waiting.add(last);
        waitingBytes = last.length;
        closing(code.code(), code.reason());
        pump();
      }
    } finally {
      unlock();
    }
  }

  private void drop() {
    waiting.clear();
    waitingBytes = 0;
  }

  private void closing(int code, String reason) {
    closeCode = code;
    closeReason = reason;
    if (closingNanos == 0) {
      closingNanos = System.nanoTime() | 1;
    }
  }

  boolean isClosing() {
    return closingNanos != 0;
  }

  boolean isClosingFor(CloseCode code) {
    lock.lock();
    try {
      return closingNanos != 0 && closeCode == code.code();
    } finally {
      lock.unlock();
    }
  }

  /** Whether a close has been under way for so long that the client will not answer it. */
  boolean isOverdue(long now, long timeoutNanos) {
    return closingNanos != 0 && now - closingNanos > timeoutNanos;
  }

  /** Ends a socket that is closing and still has bytes on their way. */
  void abortIfStuck() {
    if (closingNanos != 0 && inFlightBytes > 0) {
      core.abort();
    }
  }

  void abort() {
    core.abort();
  }
}
