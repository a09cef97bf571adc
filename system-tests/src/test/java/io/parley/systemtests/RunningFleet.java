package io.parley.systemtests;

import io.parley.localstack.Stores;
import io.parley.localstack.TcpProxy;
import io.parley.localstack.fleet.Fleet;
import io.parley.localstack.fleet.NodeSpec;
import io.parley.message.Http;
import io.parley.message.StompClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The fleet with two message nodes, started once for all tests of this module. */
final class RunningFleet {

  private static final Map<String, String> STORES =
      Stores.shared().newSpace("system").environment();
  private static final String RABBITMQ = String.valueOf(STORES.get("PARLEY_RABBITMQ_URL"));

  /** Stands between the message nodes and RabbitMQ. */
  static final TcpProxy MESSAGES_TO_RABBITMQ = TcpProxy.to(URI.create(RABBITMQ));

  static final Fleet FLEET =
      Fleet.builder(Path.of("target", "fleet"))
          .environment(STORES)
          // Hundreds of users come from one address here.
          .environment(Map.of("PARLEY_LIMIT_SCALE", "100000"))
          .environment(Map.of("PARLEY_ADMIN_EMAILS", "root@example.org"))
          .services()
          .node(messages())
          .node(messages().named("message-service-2"))
          .build()
          .start();

  static final String GATEWAY = FLEET.gateway().url();
  static final String PASSWORD = "otter-lantern-seven-hills";

  private RunningFleet() {}

  private static NodeSpec messages() {
    return NodeSpec.of(Fleet.MESSAGES)
        .environment(
            "PARLEY_RABBITMQ_URL",
            RABBITMQ.replace(
                URI.create(RABBITMQ).getHost() + ":" + URI.create(RABBITMQ).getPort(),
                "127.0.0.1:" + MESSAGES_TO_RABBITMQ.port()));
  }

  /** A registered user. */
  record User(String id, String name, String accessToken, String refreshToken) {

    Http http() {
      return new Http(GATEWAY, accessToken);
    }

    StompClient connect() throws InterruptedException {
      return StompClient.connect(GATEWAY, accessToken);
    }
  }

  private static @Nullable Http admin;

  /** The one whose address is in PARLEY_ADMIN_EMAILS. */
  static synchronized Http admin() {
    if (admin == null) {
      admin = register("root", "root@example.org").http();
    }
    return admin;
  }

  /** With a verified address. */
  static User register(String prefix) {
    String name = prefix + "_" + UUID.randomUUID().toString().substring(0, 8);
    return register(name, name + "@example.org");
  }

  private static User register(String name, String email) {
    Http anonymous = new Http(GATEWAY, "");
    Http.Answer answer =
        anonymous.post(
            "/api/v1/auth/register",
            Map.of("username", name, "email", email, "password", PASSWORD, "displayName", name));
    if (answer.status() != 201) {
      throw new AssertionError(answer.response().body());
    }
    String link = FLEET.mailCatcher().awaitLink(email, "/verify-email#");
    Http.Answer verified =
        anonymous.post(
            "/api/v1/auth/email/verify", Map.of("token", link.substring(link.indexOf('#') + 1)));
    if (verified.status() != 204) {
      throw new AssertionError(verified.response().body());
    }
    // A token keeps the scopes that it was made with.
    JsonNode session =
        anonymous
            .post(
                "/api/v1/auth/refresh",
                Map.of("refreshToken", answer.json().get("refreshToken").asString()))
            .json();
    return new User(
        session.get("user").get("id").asString(),
        name,
        session.get("accessToken").asString(),
        session.get("refreshToken").asString());
  }

  static String direct(User one, User other) {
    return one.http()
        .post("/api/v1/conversations/direct", Map.of("userId", other.id()))
        .json()
        .get("id")
        .asString();
  }
}
