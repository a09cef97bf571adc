package io.parley.localstack.fleet;

import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.Ports;
import io.parley.localstack.store.StoreAddresses;
import io.parley.localstack.store.StorePorts;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The ports of a {@link LocalRun}, one after the other: the services' up to +5 (+4 is for a second
 * message node), +6 the fake FCM, +7 the gateway's health, +8 and +9 the mail catcher, from +10 on
 * the stores.
 */
record PortBlock(int first) {
  static final int SIZE = 18;

  private static final int DEFAULT = 18080;
  private static final int FAKE_FCM_OFFSET = 6;
  private static final int MAIL_CATCHER_OFFSET = 9;
  private static final int STORES_OFFSET = 10;

  /** As {@code PARLEY_PORT} says. */
  static PortBlock of(Map<String, String> environment) {
    String setting = environment.getOrDefault("PARLEY_PORT", "");
    if (setting.isEmpty()) {
      return new PortBlock(DEFAULT);
    }
    if (!setting.matches("\\d{4,5}")
        || Integer.parseInt(setting) < 1024
        || Integer.parseInt(setting) > 32_768 - SIZE) {
      throw new LocalStackException(
          "PARLEY_PORT="
              + setting
              + ": it is the first of "
              + SIZE
              + " ports, between 1024 and "
              + (32_768 - SIZE));
    }
    return new PortBlock(Integer.parseInt(setting));
  }

  Map<String, Integer> services() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put(Fleet.GATEWAY, first);
    ports.put(Fleet.USERS, first + 1);
    ports.put(Fleet.GROUPS, first + 2);
    ports.put(Fleet.MESSAGES, first + 3);
    ports.put(Fleet.NOTIFICATIONS, first + 5);
    return ports;
  }

  int fakeFcm() {
    return first + FAKE_FCM_OFFSET;
  }

  int mailCatcher() {
    return first + MAIL_CATCHER_OFFSET;
  }

  StorePorts stores() {
    return StorePorts.block(first + STORES_OFFSET);
  }

  /**
   * @param given the addresses of stores that run already
   * @throws LocalStackException when one that is needed is taken
   */
  void check(StoreAddresses given, boolean mailsAreCaught) {
    Map<String, Integer> wanted = new LinkedHashMap<>(services());
    wanted.put("the fake FCM", fakeFcm());
    if (mailsAreCaught) {
      wanted.put("the mail catcher's SMTP", mailCatcher() - 1);
      wanted.put("the mail catcher", mailCatcher());
    }
    stores()
        .byName()
        .forEach(
            (name, port) -> {
              if (!isElsewhere(name, given)) {
                wanted.put(name, port);
              }
            });
    wanted.forEach(
        (name, port) -> {
          if (!Ports.isFree(port)) {
            throw new LocalStackException(
                "port "
                    + port
                    + " for "
                    + name
                    + " is taken; PARLEY_PORT moves all "
                    + SIZE
                    + " ports, for instance PARLEY_PORT=28080 ./scripts/run.sh");
          }
        });
  }

  private static boolean isElsewhere(String name, StoreAddresses given) {
    return name.startsWith("PostgreSQL") && !given.postgresUrl().isEmpty()
        || name.startsWith("Redis") && !given.redisUrl().isEmpty()
        || (name.startsWith("RabbitMQ") || name.equals("epmd")) && !given.rabbitmqUrl().isEmpty()
        || name.startsWith("Cassandra") && !given.cassandraContactPoints().isEmpty();
  }
}
