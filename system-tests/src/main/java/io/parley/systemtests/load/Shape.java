package io.parley.systemtests.load;

/**
 * Conversations of one size that share out the clients: conversation {@code i} has the clients from
 * {@code i * members} on.
 *
 * @param members of each conversation; two talk one to one
 */
record Shape(int members) {

  Shape {
    if (members < 2) {
      throw new IllegalArgumentException("a conversation has 2 members or more, not " + members);
    }
  }

  int conversations(int clients) {
    return clients / members;
  }

  /**
   * @param turn any number; members take turns
   */
  int client(int conversation, long turn) {
    return conversation * members + (int) (turn % members);
  }

  int conversationOf(int client) {
    return client / members;
  }

  int memberOf(int client) {
    return client % members;
  }

  @Override
  public String toString() {
    return members == 2 ? "one to one" : "groups of " + members;
  }
}
