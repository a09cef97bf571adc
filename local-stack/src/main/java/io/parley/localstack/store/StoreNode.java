package io.parley.localstack.store;

import io.parley.localstack.process.GuardedProcess;
import org.jspecify.annotations.Nullable;

/** One server of a store that has several: a test kills it and starts it again. */
public final class StoreNode {
  private final StoreServer server;
  private volatile @Nullable GuardedProcess process;

  StoreNode(StoreServer server) {
    this.server = server;
  }

  public String name() {
    return server.name();
  }

  public boolean isAlive() {
    GuardedProcess now = process;
    return now != null && now.isAlive();
  }

  /** Returns when it answers a request. */
  public void start() {
    process = server.launch();
  }

  /** The crash: SIGKILL. */
  public void kill() {
    current().kill();
  }

  /** SIGSTOP: alive, its connections open, and silent. */
  public void freeze() {
    current().freeze();
  }

  /** Ends {@link #freeze()}. */
  public void thaw() {
    current().thaw();
  }

  Store asStore() {
    return Store.of(name(), this::start);
  }

  private GuardedProcess current() {
    GuardedProcess now = process;
    if (now == null) {
      throw new IllegalStateException(name() + " was not started");
    }
    return now;
  }
}
