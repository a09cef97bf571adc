package io.parley.systemtests.load;

/**
 * In each conversation some members send, each its next message when its last one was answered:
 * shows what the fleet can take, and what a message costs then. Its latencies say little, as a
 * server that is slow is asked less.
 */
final class ClosedLoop implements Pace {

  private final int senders;
  private volatile boolean running = true;

  /**
   * @param senders in each conversation
   */
  ClosedLoop(int senders) {
    this.senders = senders;
  }

  @Override
  public void start(Traffic traffic) {
    for (int conversation = 0; conversation < traffic.conversations(); conversation++) {
      for (int member = 0; member < senders; member++) {
        traffic.send(conversation, member, System.nanoTime());
      }
    }
  }

  @Override
  public void answered(Traffic traffic, int client) {
    if (running) {
      Shape shape = traffic.shape();
      traffic.send(shape.conversationOf(client), shape.memberOf(client), System.nanoTime());
    }
  }

  @Override
  public void stop() {
    running = false;
  }
}
