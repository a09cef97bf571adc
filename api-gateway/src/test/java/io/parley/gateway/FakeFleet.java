package io.parley.gateway;

import io.parley.localstack.Stores;
import java.util.List;
import java.util.function.BiConsumer;
import org.springframework.test.context.DynamicPropertyRegistry;

/** The services behind the gateway; message-service has two nodes. Started once for all tests. */
final class FakeFleet {

  /** All that a gateway has of the fleet's keys. */
  static final String CALL_KEY =
      "api-gateway>user-service=c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldCE=";

  static final TestTokens TOKENS = new TestTokens();
  static final FakeNode USER = new FakeNode("user");
  static final FakeNode GROUP = new FakeNode("group");
  static final FakeNode MESSAGE_1 = new FakeNode("message");
  static final FakeNode MESSAGE_2 = new FakeNode("message");
  static final FakeNode NOTIFICATION = new FakeNode("notification");

  static final List<FakeNode> ALL = List.of(USER, GROUP, MESSAGE_1, MESSAGE_2, NOTIFICATION);

  static {
    USER.publish(TOKENS.jwks());
  }

  private FakeFleet() {}

  static void settings(BiConsumer<String, Object> set) {
    set.accept("parley.gateway.services.user", USER.url());
    set.accept("parley.gateway.services.group", GROUP.url());
    set.accept("parley.gateway.services.message", MESSAGE_1.url() + "," + MESSAGE_2.url());
    set.accept("parley.gateway.services.notification", NOTIFICATION.url());
    set.accept("parley.calls.keys", CALL_KEY);
    set.accept("parley.redis.url", Stores.shared().addresses().redisUrl());
    // Every test comes from one address, and all share one Redis.
    set.accept("parley.gateway.limit-scale", "1000");
    set.accept("management.server.port", "0");
    set.accept("logging.structured.format.console", "");
  }

  static void register(DynamicPropertyRegistry registry) {
    settings((name, value) -> registry.add(name, value::toString));
  }

  /** The last request that a node of this service has seen. */
  static FakeNode.Seen seen(String service) {
    return ALL.stream()
        .filter(node -> node.name().equals(service))
        .flatMap(node -> node.seen.stream())
        .reduce((first, second) -> second)
        .orElseThrow(() -> new AssertionError(service + " has seen nothing"));
  }
}
