package io.parley.systemtests;

import io.parley.localstack.fleet.Fleet;
import io.parley.localstack.process.Pause;
import io.parley.message.Http;
import io.parley.systemtests.RunningFleet.User;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** Makes users of a fleet, each with a verified address. */
record Registration(Fleet fleet) {

  static final String PASSWORD = "otter-lantern-seven-hills";

  User register(String prefix) {
    String name = prefix + "_" + UUID.randomUUID().toString().substring(0, 8);
    return register(name, name + "@example.org");
  }

  User register(String name, String email) {
    String gateway = fleet.gateway().url();
    Http anonymous = new Http(gateway, "");
    Http.Answer answer = awaitAccount(anonymous, name, email);
    String link = fleet.mailCatcher().awaitLink(email, "/verify-email#");
    Http.Answer verified =
        anonymous.post(
            "/api/v1/auth/email/verify",
            // The first admin's takes the password.
            Map.of("token", link.substring(link.indexOf('#') + 1), "password", PASSWORD));
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
        gateway,
        session.get("user").get("id").asString(),
        name,
        session.get("accessToken").asString(),
        session.get("refreshToken").asString());
  }

  /** A machine that Redis can not answer on in time lets nobody register for some seconds. */
  static Http.Answer awaitAccount(Http anonymous, String name, String email) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (true) {
      Http.Answer answer =
          anonymous.post(
              "/api/v1/auth/register",
              Map.of("username", name, "email", email, "password", PASSWORD, "displayName", name));
      if (answer.status() == 201) {
        return answer;
      }
      if (answer.status() != 429 || System.nanoTime() > deadline) {
        throw new AssertionError(answer.response().body());
      }
      Pause.of(Duration.ofSeconds(answer.json().get("retryAfter").asLong()));
    }
  }
}
