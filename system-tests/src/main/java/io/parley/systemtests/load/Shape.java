package io.parley.systemtests.load;

import java.util.List;
import java.util.stream.IntStream;

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

  List<Integer> clientsOf(int conversation) {
    return IntStream.range(conversation * members, (conversation + 1) * members).boxed().toList();
  }

  @Override
  public String toString() {
    return members == 2 ? "one to one" : "groups of " + members;
  }
}
