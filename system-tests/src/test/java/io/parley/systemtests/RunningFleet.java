package io.parley.systemtests;

import io.parley.localstack.Stores;
import io.parley.localstack.fleet.Fleet;
import io.parley.localstack.fleet.NodeSpec;
import io.parley.message.Http;
import io.parley.message.StompClient;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The fleet with two message nodes, started once for all tests of this module. */
final class RunningFleet {

  static final Fleet FLEET =
      Fleet.builder(Path.of("target", "fleet"))
          .environment(Stores.shared().newSpace("system").environment())
          .services()
          .ownJars()
          .node(NodeSpec.of(Fleet.MESSAGES).named("message-service-2"))
          .build()
          .start();

  static final String GATEWAY = FLEET.gateway().url();
  static final String PASSWORD = "correct horse battery 7";

  private RunningFleet() {}

  /** A registered user. */
  record User(String id, String name, String accessToken, String refreshToken) {

    Http http() {
      return new Http(GATEWAY, accessToken);
    }

    StompClient connect() throws InterruptedException {
      return StompClient.connect(GATEWAY, accessToken);
    }
  }

  static User register(String prefix) {
    String name = prefix + "_" + UUID.randomUUID().toString().substring(0, 8);
    Http.Answer answer =
        new Http(GATEWAY, "")
            .post(
                "/api/v1/auth/register",
                Map.of(
                    "username", name,
                    "email", name + "@example.org",
                    "password", PASSWORD,
                    "displayName", prefix));
    if (answer.status() != 201) {
      throw new AssertionError(answer.response().body());
    }
    JsonNode json = answer.json();
    return new User(
        json.get("user").get("id").asString(),
        name,
        json.get("accessToken").asString(),
        json.get("refreshToken").asString());
  }

  static String direct(User one, User other) {
    return one.http()
        .post("/api/v1/conversations/direct", Map.of("userId", other.id()))
        .json()
        .get("id")
        .asString();
  }
}
