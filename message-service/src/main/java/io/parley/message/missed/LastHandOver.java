package io.parley.message.missed;

import io.parley.message.presence.RedisNodes;
import io.parley.message.presence.RedisOnlineUsers;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * A node that stops hands over what waits, after the last request and before the connections to the
 * stores close. What it can not hand over in time stays noted, for another node.
 */
@Component
class LastHandOver implements SmartLifecycle {

  /** Below that of the sockets and the web server, above that of connection factories. */
  private static final int PHASE = 1_000;

  private final LostConnections lostConnections;
  private final AbsentMembers absentMembers;
  private final RedisOnlineUsers onlineUsers;
  private final RedisNodes nodes;
  private volatile boolean running;

  LastHandOver(
      LostConnections lostConnections,
      AbsentMembers absentMembers,
      RedisOnlineUsers onlineUsers,
      RedisNodes nodes) {
    this.lostConnections = lostConnections;
    this.absentMembers = absentMembers;
    this.onlineUsers = onlineUsers;
    this.nodes = nodes;
  }

  @Override
  public void start() {
    running = true;
  }

  /** Each that can not finish says so: then the node's entry stays. */
  @Override
  public void stop() {
    running = false;
    boolean all = lostConnections.stop();
    all &= absentMembers.stop();
    all &= onlineUsers.isEmpty();
    nodes.leave(all);
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
