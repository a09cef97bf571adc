package io.parley.systemtests.load;

import io.parley.systemtests.processes.FleetProcesses;
import io.parley.systemtests.processes.StoreProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/** What happens to a store under load. */
enum Outage {
  /** It stands still: nothing is answered, nothing is lost. */
  REDIS {
    @Override
    void happen(FleetProcesses fleet, Duration time) throws IOException, InterruptedException {
      freeze(StoreProcess.of(fleet, FleetProcesses.REDIS), time);
    }
  },
  CASSANDRA {
    @Override
    void happen(FleetProcesses fleet, Duration time) throws IOException, InterruptedException {
      freeze(StoreProcess.of(fleet, FleetProcesses.CASSANDRA), time);
    }
  },
  /** It answers, and has forgotten everything. */
  REDIS_LOSS {
    @Override
    void happen(FleetProcesses fleet, Duration time) throws IOException {
      StoreProcess.of(fleet, FleetProcesses.REDIS).flushAll();
    }
  };

  /** Returns when the store is back. */
  abstract void happen(FleetProcesses fleet, Duration time)
      throws IOException, InterruptedException;

  private static void freeze(StoreProcess store, Duration time)
      throws IOException, InterruptedException {
    // So that Ctrl-C leaves no frozen store behind.
    Thread thaw = new Thread(store::thaw);
    Runtime.getRuntime().addShutdownHook(thaw);
    store.freeze();
    try {
      Thread.sleep(time);
    } finally {
      store.thaw();
      Runtime.getRuntime().removeShutdownHook(thaw);
    }
  }

  /**
   * @param word as on the command line
   * @throws IllegalArgumentException with the words that there are
   */
  static Outage of(String word) {
    for (Outage outage : values()) {
      if (outage.toString().equals(word)) {
        return outage;
      }
    }
    throw new IllegalArgumentException("--outage is redis, cassandra or redis-loss, not " + word);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
