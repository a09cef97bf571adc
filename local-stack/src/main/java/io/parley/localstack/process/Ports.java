package io.parley.localstack.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports for servers on this machine. All are below 32768, where Linux begins to hand out ports for
 * outgoing connections: a server's port there can be taken between two starts.
 */
public final class Ports {
  private static final int FIRST = 20_000;
  private static final int LIMIT = 32_000;

  private static final BitSet GIVEN = new BitSet();

  private Ports() {}

  public static boolean isFree(int port) {
    return binds(new InetSocketAddress(port))
        && binds(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  public static int free() {
    return free(1).getFirst();
  }

  /**
   * Distinct free ports, none of which this JVM was given before: whoever asked may not listen yet.
   * The search begins at random, so that two JVMs rarely meet.
   */
  public static synchronized List<Integer> free(int count) {
    List<Integer> found = new ArrayList<>();
    int start = ThreadLocalRandom.current().nextInt(FIRST, LIMIT);
    for (int i = 0; i < LIMIT - FIRST && found.size() < count; i++) {
      int port = FIRST + (start - FIRST + i) % (LIMIT - FIRST);
      if (!GIVEN.get(port) && isFree(port)) {
        GIVEN.set(port);
        found.add(port);
      }
    }
    if (found.size() < count) {
      throw new LocalStackException("no free port between " + FIRST + " and " + LIMIT);
    }
    return found;
  }

  private static boolean binds(InetSocketAddress address) {
    try (ServerSocket socket = new ServerSocket()) {
      // A port in TIME_WAIT is free for a server, which sets the same option.
      socket.setReuseAddress(true);
      socket.bind(address);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
