package io.parley.localstack.store;

/** A store that is started at most once. */
interface Store {
  /** As people write it. */
  String name();

  /** Returns when the store answers a request. */
  void start();
}
