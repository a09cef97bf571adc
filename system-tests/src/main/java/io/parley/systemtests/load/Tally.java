package io.parley.systemtests.load;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * What became of one run's messages. All times are those of {@link System#nanoTime()}; latencies
 * count from the moment at which a message was meant to be sent. Counts are of the whole run,
 * latencies only of messages that were meant for the measured time.
 */
final class Tally {

  private static final int DIGITS = 3;

  /** A message, by the number that it was given. */
  private static final class Sent {
    private final int conversation;
    private final int client;
    private final long intended;
    private final BitSet receivers = new BitSet();
    private long seq;
    private boolean acknowledged;
    private boolean refused;

    private Sent(int conversation, int client, long intended) {
      this.conversation = conversation;
      this.client = client;
      this.intended = intended;
    }
  }

  /**
   * @param messages meant for the measured time
   * @param deliveries of those
   * @param lost deliveries of acknowledged messages that did not come
   * @param doubled deliveries that came again
   * @param disordered deliveries that came behind a later one, or with another seq than elsewhere
   * @param unanswered messages with neither ack nor refusal
   * @param delivery to everybody but the sender, in ns
   * @param ack in ns
   * @param delay of the sending itself, in ns: above a few ms the clients were short of CPU
   */
  record Outcome(
      int messages,
      long deliveries,
      long lost,
      long doubled,
      long disordered,
      long refused,
      long unanswered,
      Histogram delivery,
      Histogram ack,
      Histogram delay) {

    boolean isFlawless() {
      return lost + doubled + disordered + refused + unanswered == 0;
    }
  }

  private final List<Conversation> conversations;
  private final List<Sent> sent = new ArrayList<>();
  private final long[][] lastSeq;
  private final Histogram delivery = new Histogram(DIGITS);
  private final Histogram ack = new Histogram(DIGITS);
  private final Histogram delay = new Histogram(DIGITS);
  private long from = Long.MAX_VALUE;
  private long to = Long.MAX_VALUE;
  private long deliveries;
  private long doubled;
  private long disordered;

  Tally(List<Conversation> conversations) {
    this.conversations = conversations;
    this.lastSeq =
        conversations.stream()
            .map(conversation -> new long[conversation.clients().size()])
            .toArray(long[][]::new);
  }

  synchronized void measureFrom(long nanos) {
    from = nanos;
  }

  synchronized void measureTo(long nanos) {
    to = nanos;
  }

  /**
   * To be called before the message leaves.
   *
   * @param conversation its place in the list
   * @return its number, from 0
   */
  synchronized int sent(int conversation, int client, long intended, long at) {
    Sent message = new Sent(conversation, client, intended);
    sent.add(message);
    if (isMeasured(message)) {
      delay.recordValue(Math.max(0, at - intended));
    }
    return sent.size() - 1;
  }

  synchronized int conversationOf(int number) {
    return sent.get(number).conversation;
  }

  /** The client that sent it. */
  synchronized int senderOf(int number) {
    return sent.get(number).client;
  }

  /** Its sender has been told that it is stored. */
  synchronized void acknowledged(int number, long seq, long at) {
    Sent message = sent.get(number);
    if (!message.acknowledged) {
      message.acknowledged = true;
      place(message, seq);
      if (isMeasured(message)) {
        ack.recordValue(Math.max(0, at - message.intended));
      }
    }
  }

  /** Its sender has been told that it is not stored. */
  synchronized void refused(int number) {
    sent.get(number).refused = true;
  }

  synchronized void delivered(int client, int number, long seq, long at) {
    Sent message = sent.get(number);
    int member = conversations.get(message.conversation).clients().indexOf(client);
    if (member < 0) {
      return; // one who is not counted
    }
    if (message.receivers.get(member)) {
      doubled++;
      return;
    }
    message.receivers.set(member);
    place(message, seq);
    long[] last = lastSeq[message.conversation];
    if (seq <= last[member]) {
      disordered++;
    }
    last[member] = Math.max(last[member], seq);
    if (isMeasured(message)) {
      deliveries++;
      if (client != message.client) {
        delivery.recordValue(Math.max(0, at - message.intended));
      }
    }
  }

  /** All members and the sender must be told the same seq. */
  private void place(Sent message, long seq) {
    if (message.seq == 0) {
      message.seq = seq;
    } else if (message.seq != seq) {
      disordered++;
    }
  }

  private boolean isMeasured(Sent message) {
    return from <= message.intended && message.intended < to;
  }

  /** Whether every message has had its answer and, if it was not refused, reached everybody. */
  synchronized boolean isComplete() {
    return sent.stream().allMatch(message -> message.refused || isDone(message));
  }

  private boolean isDone(Sent message) {
    return message.acknowledged && missing(message) == 0;
  }

  private int missing(Sent message) {
    return conversations.get(message.conversation).clients().size()
        - message.receivers.cardinality();
  }

  synchronized Outcome outcome() {
    long lost = 0;
    long refused = 0;
    long unanswered = 0;
    for (Sent message : sent) {
      if (message.acknowledged) {
        lost += missing(message);
      } else if (message.refused) {
        refused++;
      } else {
        unanswered++;
      }
    }
    return new Outcome(
        (int) sent.stream().filter(this::isMeasured).count(),
        deliveries,
        lost,
        doubled,
        disordered,
        refused,
        unanswered,
        delivery.copy(),
        ack.copy(),
        delay.copy());
  }
}
