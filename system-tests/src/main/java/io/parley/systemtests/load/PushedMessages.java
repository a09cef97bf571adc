package io.parley.systemtests.load;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.HdrHistogram.Histogram;

/**
 * Messages that were sent, when each was acknowledged, and the pushes that came of it. Times count
 * from the moment in which a message was to be sent.
 */
final class PushedMessages implements LoadSocket.Listener {

  private static final String TEXT = "x".repeat(100);
  private static final byte[] MESSAGE = EventBytes.ascii("\"type\":\"MESSAGE\"");
  private static final byte[] ACK = EventBytes.ascii("\"type\":\"ACK\"");
  private static final int DIGITS = 3;

  private record Place(String conversation, long seq) {}

  /** One of them; guarded by the lock of all. */
  static final class Sent {
    private final String conversation;
    private final long intended;
    private long acknowledged;
    private int doubled;
    private final Set<String> devices = new HashSet<>();
    private final List<Long> pushed = new ArrayList<>();

    private Sent(String conversation, long intended) {
      this.conversation = conversation;
      this.intended = intended;
    }
  }

  private final String prefix = "push-" + UUID.randomUUID().toString().substring(0, 8) + "-";
  private final byte[] marker = EventBytes.ascii(prefix);
  private final List<Sent> all = new ArrayList<>();
  private final Map<Place, Sent> places = new HashMap<>();
  private final Map<Place, List<TakenPush>> early = new HashMap<>();
  private final List<String> failures = new ArrayList<>();
  private final Instant began;
  private final long beganNanos;

  PushedMessages(Clock clock) {
    this.began = clock.instant();
    this.beganNanos = System.nanoTime();
  }

  /**
   * @param intended when it was to be sent
   */
  Sent send(LoadSocket by, String conversation, long intended) {
    Sent sent = new Sent(conversation, intended);
    int number;
    synchronized (this) {
      number = all.size();
      all.add(sent);
    }
    try {
      by.send(
          "SEND\ndestination:/app/conversations/"
              + conversation
              + "/messages\n\n{\"clientMessageId\":\""
              + prefix
              + number
              + "\",\"text\":\""
              + TEXT
              + "\"}\0");
    } catch (IOException e) {
      failed("not sent: " + e);
    }
    return sent;
  }

  private synchronized void failed(String how) {
    failures.add(how);
  }

  @Override
  public void received(int client, EventBytes body) {
    int number = (int) body.numberBehind(marker);
    if (number < 0 || body.contains(MESSAGE)) {
      return;
    }
    long now = System.nanoTime();
    if (!body.contains(ACK)) {
      failed("refused: " + body);
      return;
    }
    synchronized (this) {
      Sent sent = all.get(number);
      if (sent.acknowledged == 0) {
        sent.acknowledged = now;
        Place place = new Place(sent.conversation, body.seq());
        places.put(place, sent);
        List<TakenPush> waiting = early.remove(place);
        if (waiting != null) {
          taken(waiting);
        }
      }
    }
  }

  /** What does not ring, and what is of messages from before, is left out. */
  synchronized void taken(List<TakenPush> pushes) {
    for (TakenPush push : pushes) {
      Place place = new Place(push.conversation(), push.seq());
      Sent sent = places.get(place);
      if (!push.rings()) {
        continue;
      }
      if (sent == null) {
        early.computeIfAbsent(place, none -> new ArrayList<>()).add(push);
      } else if (sent.devices.add(push.token())) {
        long at = beganNanos + Duration.between(began, push.at()).toNanos();
        sent.pushed.add(at);
      } else {
        sent.doubled++;
      }
    }
  }

  /** When the last push of these was taken; 0: none was. */
  synchronized long lastPushOf(List<Sent> some) {
    return some.stream()
        .flatMap(sent -> sent.pushed.stream())
        .mapToLong(Long::longValue)
        .max()
        .orElse(0);
  }

  /** Of these, how many pushes were taken. */
  synchronized long pushesOf(List<Sent> some) {
    return some.stream().mapToLong(sent -> sent.pushed.size()).sum();
  }

  synchronized List<String> failures() {
    return List.copyOf(failures);
  }

  /**
   * What became of some.
   *
   * @param acks from when it was to be sent, in ns
   * @param pushes the same
   * @param afterAck from the acknowledgement to the push, in ns
   * @param doubled pushes of the same message to the same device
   */
  record Outcome(
      int messages,
      long unacknowledged,
      Histogram acks,
      Histogram pushes,
      Histogram afterAck,
      long doubled) {}

  synchronized Outcome outcome(List<Sent> some) {
    Histogram acks = new Histogram(DIGITS);
    Histogram pushes = new Histogram(DIGITS);
    Histogram afterAck = new Histogram(DIGITS);
    long unacknowledged = 0;
    long doubled = 0;
    for (Sent sent : some) {
      doubled += sent.doubled;
      if (sent.acknowledged == 0) {
        unacknowledged++;
        continue;
      }
      acks.recordValue(Math.max(0, sent.acknowledged - sent.intended));
      for (long at : sent.pushed) {
        pushes.recordValue(Math.max(0, at - sent.intended));
        afterAck.recordValue(Math.max(0, at - sent.acknowledged));
      }
    }
    return new Outcome(some.size(), unacknowledged, acks, pushes, afterAck, doubled);
  }

  /** Of all but these, those that were to be sent in that time. */
  synchronized List<Sent> between(long from, long to, List<Sent> without) {
    return all.stream()
        .filter(sent -> sent.intended >= from && sent.intended < to && !without.contains(sent))
        .toList();
  }
}
