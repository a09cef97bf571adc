package io.parley.systemtests.load;

import java.util.List;

/**
 * A conversation in which messages are sent and counted.
 *
 * @param clients the numbers of those who send in it and must hear all of it; others may be in it
 */
record Conversation(String id, List<Integer> clients) {

  /**
   * @param turn any number; clients take turns
   */
  int client(long turn) {
    return clients.get((int) (turn % clients.size()));
  }
}
