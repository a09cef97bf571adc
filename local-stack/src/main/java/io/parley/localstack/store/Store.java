package io.parley.localstack.store;

/** A store that can be started. */
interface Store {
  /** As people write it. */
  String name();

  /** Returns when the store answers a request. */
  void start();

  static Store of(String name, Runnable start) {
    return new Store() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void start() {
        start.run();
      }
    };
  }
}
