package io.parley.common.nodes;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Who is behind a name; the system's resolver by default ({@link InetAddress#getAllByName}). */
@FunctionalInterface
public interface NameResolver {

  /**
   * All addresses of a name, the preferred family first. May take as long as DNS takes.
   *
   * @throws UnknownHostException when there is none, or nobody can tell
   */
  List<InetAddress> resolve(String host) throws UnknownHostException;
}
