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
    for (int i = 0; i < traffic.conversations().size(); i++) {
      for (int client : traffic.conversations().get(i).clients().subList(0, senders)) {
        traffic.send(i, client, System.nanoTime());
      }
    }
  }

  @Override
  public void answered(Traffic traffic, int conversation, int client) {
    if (running) {
      traffic.send(conversation, client, System.nanoTime());
    }
  }

  @Override
  public void stop() {
    running = false;
  }
}
