package io.parley.user.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.common.events.AuditRecorded;
import io.parley.common.ids.UserId;
import io.parley.user.broker.UserTopology;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AuditTrailIT extends UserServiceIT {

  private static final String AUDIT = "/api/v1/admin/audit";
  private static final Instant T = Instant.parse("2026-02-03T04:05:06.123456Z");

  @Autowired private Audit audit;
  @Autowired private RabbitTemplate rabbit;
  @Autowired private JsonMapper json;
  private Api admin = api();

  @BeforeEach
  void logInAsAdmin() {
    admin = as(registerWithRole("ADMIN"));
  }

  @Test
  void findShouldNarrowByEachParameter() {
    UserId actor = new UserId(UUID.randomUUID());
    String target = UUID.randomUUID().toString();
    AuditEntry first = record(actor, "login.failed", target, T);
    AuditEntry second = record(actor, "login.succeeded", target, T.plusSeconds(1));
    AuditEntry third = record(actor, "logins.counted", "other", T.plusSeconds(2));

    assertThat(ids("?actor=" + actor))
        .containsExactly(third.id().toString(), second.id().toString(), first.id().toString());
    assertThat(ids("?target=" + target)).hasSize(2);
    assertThat(ids("?actor=" + actor + "&action=login.failed"))
        .containsExactly(first.id().toString());
    assertThat(ids("?actor=" + actor + "&action=login.")).hasSize(2);
    assertThat(ids("?actor=" + actor + "&action=login")).isEmpty();
    assertThat(ids("?actor=" + actor + "&from=" + T.plusSeconds(1))).hasSize(2);
    assertThat(ids("?actor=" + actor + "&to=" + T.plusSeconds(1)))
        .containsExactly(first.id().toString());
    JsonNode entry = admin.get(AUDIT + "?actor=" + actor + "&limit=1").json().at("/items/0");
    assertThat(entry.get("action").asString()).isEqualTo("logins.counted");
    assertThat(entry.get("details").get("k").asString()).isEqualTo("'; -- \" 👩");
  }

  @Test
  void findShouldPageThroughEntriesOfOneMoment() {
    UserId actor = new UserId(UUID.randomUUID());
    for (int i = 0; i < 7; i++) {
      record(actor, "thing.done", "x", T);
    }

    List<String> seen = new ArrayList<>();
    String next = "";
    while (next != null) {
      JsonNode page = admin.get(AUDIT + "?limit=3&actor=" + actor + next).json();
      page.get("items").forEach(item -> seen.add(item.get("id").asString()));
      next = page.get("next").isNull() ? null : "&cursor=" + page.get("next").asString();
    }

    assertThat(seen).hasSize(7).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?actor=nobody",
        "?action=LOGIN",
        "?action=%27%3B--",
        "?target=",
        "?target=a%00b",
        "?from=yesterday",
        "?from=-1000000000-01-01T00:00:00Z",
        "?to=%2B1000000000-12-31T00:00:00Z",
        "?limit=0",
        "?limit=201",
        "?cursor=AAAA",
        "?cursor=MjAyNi0wMS0wMVQwMDowMDowMFogeA",
        "?cursor=%25",
      })
  void findShouldRefuse(String query) {
    assertThat(admin.get(AUDIT + query).problem()).isEqualTo("400 invalid-request");
  }

  @Test
  void whatAdminsReadShouldBeInTheTrail() {
    SignedIn ann = registerVerified();
    SignedIn moderator = registerWithRole("MODERATOR");

    admin.get(AUDIT + "?target=" + ann.id() + "&action=login.");
    as(moderator).get("/api/v1/admin/users/" + ann.id());
    as(moderator).get("/api/v1/admin/users?query=" + ann.username() + "&locked=false");

    assertThat(audited("user.viewed", ann.id())).isEqualTo(1);
    JsonNode searched =
        admin.get(AUDIT + "?action=users.searched&actor=" + moderator.id()).json().at("/items/0");
    assertThat(searched.at("/details/query").asString()).isEqualTo(ann.username());
    assertThat(searched.at("/details/locked").asString()).isEqualTo("false");
    // The newest is this very reading, then the one above.
    JsonNode read = admin.get(AUDIT + "?action=audit.searched&limit=3").json().at("/items/2");
    assertThat(read.at("/details/target").asString()).isEqualTo(ann.id());
    assertThat(read.at("/details/action").asString()).isEqualTo("login.");
  }

  @Test
  void whatIsRefusedShouldLeaveNoLineOfAReading() {
    SignedIn moderator = registerWithRole("MODERATOR");

    assertThat(as(moderator).get("/api/v1/admin/users?email=a").problem())
        .isEqualTo("403 insufficient-scope");

    assertThat(ids("?action=users.searched&actor=" + moderator.id())).isEmpty();
  }

  @Test
  void findShouldBeForAdminsOnly() {
    assertThat(as(registerVerified()).get(AUDIT).problem()).isEqualTo("403 insufficient-scope");
    assertThat(as(registerWithRole("MODERATOR")).get(AUDIT).problem())
        .isEqualTo("403 insufficient-scope");
    assertThat(api().get(AUDIT).problem()).isEqualTo("401 unauthenticated");
    assertThat(service().get(AUDIT).problem()).isEqualTo("401 unauthenticated");
  }

  @Test
  void whatOtherServicesReportShouldBeKeptOnce() {
    UserId actor = new UserId(UUID.randomUUID());
    AuditRecorded event = event(UUID.randomUUID(), actor, "group.member.banned", Map.of("a", "b"));

    send(json.writeValueAsString(event));
    send(json.writeValueAsString(event));
    AuditRecorded last = event(UUID.randomUUID(), actor, "group.deleted", Map.of());
    send(json.writeValueAsString(last));

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(ids("?actor=" + actor))
                    .containsExactlyInAnyOrder(event.id().toString(), last.id().toString()));
    JsonNode entry =
        admin.get(AUDIT + "?actor=" + actor + "&action=group.member.banned").json().at("/items/0");
    assertThat(entry.get("service").asString()).isEqualTo("group-service");
    assertThat(entry.get("details").get("a").asString()).isEqualTo("b");
  }

  @Test
  void whatCanNotBeKeptShouldEndInTheDeadQueueAndHoldUpNothing() {
    UserId actor = new UserId(UUID.randomUUID());
    String mark = UUID.randomUUID().toString();

    send("{\"mark\":\"" + mark + "\"");
    send("[\"" + mark + "\"]");
    send("{\"id\":\"x\",\"mark\":\"" + mark + "\"}");
    send("{\"mark\":\"" + mark + "\"}");
    send(
        json.writeValueAsString(event(UUID.randomUUID(), actor, mark + "x".repeat(100), Map.of())));
    AuditRecorded good = event(UUID.randomUUID(), actor, "group.deleted", Map.of());
    send(json.writeValueAsString(good));

    await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(
            () -> assertThat(ids("?actor=" + actor)).containsExactly(good.id().toString()));
    List<String> dead = new ArrayList<>();
    await()
        .atMost(Duration.ofSeconds(40))
        .untilAsserted(
            () -> {
              Message message = rabbit.receive(UserTopology.deadName(AuditRecorded.QUEUE), 500);
              if (message != null) {
                dead.add(new String(message.getBody(), StandardCharsets.UTF_8));
              }
              assertThat(dead).filteredOn(body -> body.contains(mark)).hasSize(5);
            });
  }

  private AuditEntry record(UserId actor, String action, String target, Instant at) {
    AuditEntry entry =
        new AuditEntry(
            UUID.randomUUID(),
            at,
            "user-service",
            actor,
            action,
            "user",
            target,
            null,
            null,
            Map.of("k", "'; -- \" 👩"));
    audit.record(entry);
    return entry;
  }

  private static AuditRecorded event(
      UUID id, @Nullable UserId actor, String action, Map<String, String> details) {
    return new AuditRecorded(
        id, T, "group-service", actor, action, "group", "g", "203.0.113.7", "r", details);
  }

  private void send(String body) {
    rabbit.send(
        AuditRecorded.EXCHANGE,
        "audit.test",
        MessageBuilder.withBody(body.getBytes(StandardCharsets.UTF_8))
            .setContentType("application/json")
            .build());
  }

  private List<String> ids(String query) {
    return admin
        .get(AUDIT + query)
        .json()
        .get("items")
        .valueStream()
        .map(item -> item.get("id").asString())
        .toList();
  }
}
