package io.parley.gateway.relay;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The open sockets, counted and, when the gateway stops, closed over the drain time, so that their
 * clients do not come back all at once.
 */
@Component
public final class Sockets implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(Sockets.class);
  private static final Duration BATCH = Duration.ofMillis(100);
  private static final int GOING_AWAY = 1001;

  /** How long, at most, a client is told to wait before it comes back. */
  private static final int MAX_RETRY_MILLIS = 5_000;

  private final SocketProperties properties;
  private final Set<Relay> open = ConcurrentHashMap.newKeySet();
  private final LongAdder bytesFromClients = new LongAdder();
  private final LongAdder bytesToClients = new LongAdder();
  private final LongAdder stalled = new LongAdder();
  private volatile boolean running;

  Sockets(SocketProperties properties, MeterRegistry meters) {
    this.properties = properties;
    meters.gaugeCollectionSize("parley.gateway.sockets", List.of(), open);
    counter(meters, "parley.gateway.socket.bytes", "from", "client", bytesFromClients);
    counter(meters, "parley.gateway.socket.bytes", "from", "node", bytesToClients);
    counter(meters, "parley.gateway.sockets.closed", "reason", "stalled", stalled);
  }

  private static void counter(
      MeterRegistry meters, String name, String tag, String value, LongAdder adder) {
    FunctionCounter.builder(name, adder, LongAdder::sum).tag(tag, value).register(meters);
  }

  LongAdder bytesFromClients() {
    return bytesFromClients;
  }

  LongAdder bytesToClients() {
    return bytesToClients;
  }

  void opened(Relay relay) {
    open.add(relay);
  }

  void closed(Relay relay) {
    open.remove(relay);
  }

  void stalled() {
    stalled.increment();
  }

  @Override
  public void start() {
    running = true;
  }

  /** Before the server stops, which closes connections without a word. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public void stop() {
    running = false;
    List<Relay> left = new ArrayList<>(open);
    if (left.isEmpty()) {
      return;
    }
    log.info("closing {} sockets over {}", left.size(), properties.socketDrain());
    Collections.shuffle(left);
    try {
      closeInBatches(left);
      long deadline = System.nanoTime() + properties.socketLinger().plus(BATCH).toNanos();
      while (!open.isEmpty() && System.nanoTime() < deadline) {
        Thread.sleep(BATCH);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    open.forEach(Relay::close);
  }

  private void closeInBatches(List<Relay> left) throws InterruptedException {
    long batches = Math.max(1, properties.socketDrain().dividedBy(BATCH));
    int size = (int) ((left.size() + batches - 1) / batches);
    for (int i = 0; i < left.size(); i++) {
      left.get(i).sayFarewell(closeFrame());
      if ((i + 1) % size == 0 && !open.isEmpty()) {
        Thread.sleep(BATCH);
      }
    }
  }

  /** An unmasked Close frame (RFC 6455, 5.5.1), worded like those of message-service. */
  private static ByteBuf closeFrame() {
    int retryMillis = ThreadLocalRandom.current().nextInt(MAX_RETRY_MILLIS);
    byte[] reason =
        ("going-away retry-after-ms=" + retryMillis).getBytes(StandardCharsets.US_ASCII);
    return Unpooled.buffer(4 + reason.length)
        .writeByte(0x88)
        .writeByte(2 + reason.length)
        .writeShort(GOING_AWAY)
        .writeBytes(reason);
  }
}
