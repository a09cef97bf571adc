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

  private final List<Conversation> conversations;
  private final List<LoadSocket> clients;
  private final Pace pace;
  private final Tally tally;
  private final String prefix = "load-" + UUID.randomUUID().toString().substring(0, 8) + "-";
  private final byte[] marker = EventBytes.ascii(prefix);
  private final List<String> failures = new CopyOnWriteArrayList<>();

  /**
   * @param clients by number
   */
  Traffic(List<Conversation> conversations, List<LoadSocket> clients, Pace pace, Tally tally) {
    this.conversations = conversations;
    this.clients = clients;
    this.pace = pace;
    this.tally = tally;
  }

  List<Conversation> conversations() {
    return conversations;
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
   * @param intended when it was to be sent
   */
  void send(int conversation, int client, long intended) {
    int number = tally.sent(conversation, client, intended, System.nanoTime());
    try {
      clients
          .get(client)
          .send(
              "SEND\ndestination:/app/conversations/"
                  + conversations.get(conversation).id()
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
      tally.acknowledged(number, body.seq(), now);
      answered(number);
    } else {
      failed("refused: " + body);
      tally.refused(number);
      answered(number);
    }
  }

  private void answered(int number) {
    pace.answered(this, tally.conversationOf(number), tally.senderOf(number));
  }
}
