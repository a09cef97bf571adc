package io.parley.localstack.store;

import io.parley.localstack.process.GuardedProcess;

/** A store that is a process of this machine. It keeps its data when it is started again. */
interface StoreServer extends Store {

  /** Returns the server's process when it answers a request. */
  GuardedProcess launch();

  @Override
  default void start() {
    launch();
  }
}
