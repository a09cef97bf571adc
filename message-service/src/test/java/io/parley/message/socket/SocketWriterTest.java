package io.parley.message.socket;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.websocket.core.CoreSession;
import org.eclipse.jetty.websocket.core.Frame;
import org.junit.jupiter.api.Test;

/** What leaves a socket, and in which order, when its client takes it fast, slowly or not. */
class SocketWriterTest {

  /** A client that takes a write when the test says so. */
  private static final class SlowClient extends CoreSession.Empty {

    private final List<String> taken = new ArrayList<>();
    private final Deque<Callback> writing = new ArrayDeque<>();
    private boolean aborted;

    @Override
    public void sendFrame(Frame frame, Callback callback, boolean batch) {
      taken.add(frame.getPayloadAsUTF8());
      writing.add(callback);
    }

    @Override
    public void close(int statusCode, String reason, Callback callback) {
      taken.add("close " + statusCode + " " + reason);
    }

    @Override
    public void abort() {
      aborted = true;
    }

    void takeAll() {
      while (!writing.isEmpty()) {
        writing.remove().succeeded();
      }
    }
  }

  /** A client whose writes are done when they are asked for. */
  private static final class FastClient extends CoreSession.Empty {

    private final List<String> taken = new ArrayList<>();

    @Override
    public void sendFrame(Frame frame, Callback callback, boolean batch) {
      taken.add(frame.getPayloadAsUTF8() + (batch ? "+" : ""));
      callback.succeeded();
    }

    @Override
    public void close(int statusCode, String reason, Callback callback) {
      taken.add("close " + statusCode + " " + reason);
    }
  }

  private final SlowClient slow = new SlowClient();
  private final SocketWriter writer = new SocketWriter(slow, 1_000);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void framesThatWaitTogetherShouldLeaveAsOneBatch() {
    FastClient fast = new FastClient();
    SocketWriter batching = new SocketWriter(fast, 1_000);
    batching.add(bytes("a"));
    batching.add(bytes("b"));
    batching.add(bytes("c"));
    batching.flush();
    batching.send(bytes("d"));
    batching.close(CloseCode.NORMAL);
    assertThat(fast.taken).containsExactly("a+", "b+", "c", "d", "close 1000 bye");
  }

  @Test
  void nextBatchShouldWaitUntilTheOneBeforeHasLeft() {
    writer.send(bytes("a"));
    writer.send(bytes("b"));
    writer.send(bytes("c"));
    assertThat(slow.taken).containsExactly("a");
    slow.takeAll();
    assertThat(slow.taken).containsExactly("a", "b", "c");
  }

  @Test
  void closeShouldComeAfterWhatWaits() {
    writer.send(bytes("a"));
    writer.send(bytes("b"));
    writer.close(CloseCode.NORMAL);
    writer.send(bytes("too late"));
    writer.close(CloseCode.SILENT);
    assertThat(slow.taken).containsExactly("a");
    slow.takeAll();
    assertThat(slow.taken).containsExactly("a", "b", "close 1000 bye");
    assertThat(slow.aborted).isFalse();
  }

  @Test
  void cutShouldDropWhatWaitsAndSayWhy() {
    writer.send(bytes("being written"));
    writer.send(bytes("secret"));
    writer.add(bytes("secret too"));
    writer.cut(bytes("why"), CloseCode.SESSION_ENDED);
    writer.send(bytes("secret as well"));
    slow.takeAll();
    assertThat(slow.taken).containsExactly("being written", "why", "close 4401 session-ended");
  }

  @Test
  void cutShouldOvertakeAClose() {
    writer.send(bytes("being written"));
    writer.send(bytes("secret"));
    writer.close(CloseCode.NORMAL);
    writer.cut(bytes("why"), CloseCode.SESSION_ENDED);
    slow.takeAll();
    assertThat(slow.taken).containsExactly("being written", "why", "close 4401 session-ended");
  }

  @Test
  void cutShouldAbortAClientThatTakesNothing() {
    writer.send(bytes("being written"));
    writer.cut(bytes("why"), CloseCode.SESSION_ENDED);
    writer.abortIfStuck();
    assertThat(slow.aborted).isTrue();
  }

  @Test
  void clientThatTakesTooLittleShouldBeClosed() {
    writer.send(new byte[600]);
    writer.send(new byte[600]);
    assertThat(writer.isClosing()).isFalse();
    writer.send(new byte[1]);
    assertThat(writer.isClosing()).isTrue();
    slow.takeAll();
    assertThat(slow.taken).hasSize(2).last().isEqualTo("close 4413 too-slow");
  }

  @Test
  void bigBurstShouldLeaveInBatchesOfBoundedSize() {
    SocketWriter wide = new SocketWriter(slow, 1_000_000);
    for (int i = 0; i < 100; i++) {
      wide.add(new byte[10_000]);
    }
    wide.flush();
    assertThat(slow.taken).hasSize(6);
    slow.takeAll();
    assertThat(slow.taken).hasSize(100);
  }
}
