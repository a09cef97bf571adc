package io.parley.systemtests.load;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SynchronizedHistogram;

/**
 * One message in each conversation, all at once, each sent until it is acknowledged: again 100 ms
 * after a refusal, and after 5 s without an answer. Always under its first {@code clientMessageId},
 * so nothing is stored twice.
 */
final class Probe implements LoadSocket.Listener, AutoCloseable {

  private static final Duration AFTER_REFUSAL = Duration.ofMillis(100);
  private static final Duration WITHOUT_ANSWER = Duration.ofSeconds(5);
  private static final byte[] MESSAGE = EventBytes.ascii("\"type\":\"MESSAGE\"");
  private static final byte[] ACK = EventBytes.ascii("\"type\":\"ACK\"");

  private final List<Conversation> conversations;
  private final List<LoadSocket> clients;
  private final String prefix = "probe-" + UUID.randomUUID().toString().substring(0, 8) + "-";
  private final byte[] marker = EventBytes.ascii(prefix);
  private final AtomicIntegerArray acknowledged;
  private final CountDownLatch missing;
  private final Histogram acks = new SynchronizedHistogram(3);
  private final LongAdder refusals = new LongAdder();
  private final ScheduledExecutorService again = Executors.newSingleThreadScheduledExecutor();
  private volatile long began;

  /**
   * @param clients by number
   */
  Probe(List<Conversation> conversations, List<LoadSocket> clients) {
    this.conversations = conversations;
    this.clients = clients;
    this.acknowledged = new AtomicIntegerArray(conversations.size());
    this.missing = new CountDownLatch(conversations.size());
  }

  /** To be called when it is told what comes. */
  void start() {
    began = System.nanoTime();
    for (int conversation = 0; conversation < conversations.size(); conversation++) {
      send(conversation);
    }
  }

  private void send(int conversation) {
    if (acknowledged.get(conversation) != 0) {
      return;
    }
    Conversation into = conversations.get(conversation);
    try {
      clients
          .get(into.client(0))
          .send(
              "SEND\ndestination:/app/conversations/"
                  + into.id()
                  + "/messages\n\n{\"clientMessageId\":\""
                  + prefix
                  + conversation
                  + "\",\"text\":\"again\"}\0");
    } catch (IOException e) {
      refusals.increment(); // its socket has ended
    }
    later(conversation, WITHOUT_ANSWER);
  }

  private void later(int conversation, Duration wait) {
    if (!again.isShutdown()) {
      again.schedule(() -> send(conversation), wait.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void received(int client, EventBytes body) {
    int conversation = (int) body.numberBehind(marker);
    if (conversation < 0 || body.contains(MESSAGE)) {
      return;
    }
    if (!body.contains(ACK)) {
      refusals.increment();
      later(conversation, AFTER_REFUSAL);
    } else if (acknowledged.getAndSet(conversation, 1) == 0) {
      acks.recordValue(System.nanoTime() - began);
      missing.countDown();
    }
  }

  /** False if some are not acknowledged after that time. */
  boolean await(Duration within) throws InterruptedException {
    return missing.await(within.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** From the start on, in ns, refusals and waits included. */
  Histogram acks() {
    return acks.copy();
  }

  long refusals() {
    return refusals.sum();
  }

  @Override
  public void close() {
    again.shutdownNow();
  }
}
