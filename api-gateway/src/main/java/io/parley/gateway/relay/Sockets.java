package io.parley.gateway.relay;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.parley.gateway.metrics.GatewayMeter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  private final Counter openings;
  private final Map<Relay.End, Counter> endings = new EnumMap<>(Relay.End.class);
  private volatile boolean running;

  Sockets(SocketProperties properties, MeterRegistry meters) {
    this.properties = properties;
    GatewayMeter.SOCKETS.gauge(meters, open, Set::size);
    this.openings = GatewayMeter.SOCKETS_OPENED.counter(meters);
    for (Relay.End end : Relay.End.values()) {
      endings.put(end, GatewayMeter.SOCKETS_CLOSED.counter(meters, end.reason()));
    }
    GatewayMeter.SOCKET_BYTES.counter(meters, bytesFromClients, LongAdder::sum, "client");
    GatewayMeter.SOCKET_BYTES.counter(meters, bytesToClients, LongAdder::sum, "node");
  }

  int count() {
    return open.size();
  }

  LongAdder bytesFromClients() {
    return bytesFromClients;
  }

  LongAdder bytesToClients() {
    return bytesToClients;
  }

  void opened(Relay relay) {
    open.add(relay);
    openings.increment();
  }

  void closed(Relay relay, Relay.End end) {
    if (open.remove(relay)) {
      Objects.requireNonNull(endings.get(end)).increment();
    }
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
