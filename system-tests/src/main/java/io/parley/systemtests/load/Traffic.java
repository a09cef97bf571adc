package io.parley.systemtests.load;

import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * One run's messages on their way: builds and sends them, and recognises what comes back by the
 * {@code clientMessageId}, which is {@code load-<run>-<number>}.
 */
final class Traffic implements LoadSocket.Listener {

  private static final String TEXT = "x".repeat(100);
  private static final byte[] MESSAGE = EventBytes.ascii("\"type\":\"MESSAGE\"");
  private static final byte[] ACK = EventBytes.ascii("\"type\":\"ACK\"");

  private final Shape shape;
  private final List<String> conversations;
  private final List<LoadSocket> clients;
  private final Pace pace;
  private final Tally tally;
  private final String prefix = "load-" + UUID.randomUUID().toString().substring(0, 8) + "-";
  private final byte[] marker = EventBytes.ascii(prefix);
  private final List<String> failures = new CopyOnWriteArrayList<>();

  /**
   * @param conversations ids, in the shape's order
   */
  Traffic(
      Shape shape, List<String> conversations, List<LoadSocket> clients, Pace pace, Tally tally) {
    this.shape = shape;
    this.conversations = conversations;
    this.clients = clients;
    this.pace = pace;
    this.tally = tally;
  }

  Shape shape() {
    return shape;
  }

  int conversations() {
    return conversations.size();
  }

  /** What became of the first few messages that were not stored. */
  List<String> failures() {
    return failures;
  }

  private void failed(String how) {
    if (failures.size() < 3) {
      failures.add(how);
    }
  }

  /**
   * @param turn says which member sends
   * @param intended when it was to be sent
   */
  void send(int conversation, long turn, long intended) {
    int client = shape.client(conversation, turn);
    int number = tally.sent(client, intended, System.nanoTime());
    try {
      clients
          .get(client)
          .send(
              "SEND\ndestination:/app/conversations/"
                  + conversations.get(conversation)
                  + "/messages\n\n{\"clientMessageId\":\""
                  + prefix
                  + number
                  + "\",\"text\":\""
                  + TEXT
                  + "\"}\0");
    } catch (IOException e) {
      failed("not sent: " + e);
    }
  }

  @Override
  public void received(int client, EventBytes body) {
    int number = (int) body.numberBehind(marker);
    if (number < 0) {
      return; // a read mark, a membership, or a message of a run before
    }
    long now = System.nanoTime();
    if (body.contains(MESSAGE)) {
      tally.delivered(client, number, body.seq(), now);
    } else if (body.contains(ACK)) {
      pace.answered(this, tally.acknowledged(number, body.seq(), now));
    } else {
      failed("refused: " + body);
      pace.answered(this, tally.refused(number));
    }
  }
}
