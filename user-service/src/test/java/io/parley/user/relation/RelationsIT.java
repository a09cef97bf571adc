package io.parley.user.relation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.common.events.BlockChanged;
import io.parley.common.events.PresenceAudienceChanged;
import io.parley.common.events.ReadReceiptsChanged;
import io.parley.common.events.UserEvents;
import io.parley.user.testing.Api;
import io.parley.user.testing.Heard;
import io.parley.user.testing.UserServiceIT;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RelationsIT extends UserServiceIT {

  private static final String CONTACTS = "/api/v1/contacts";
  private static final String BLOCKS = "/api/v1/blocks";

  private final Heard heard;

  RelationsIT(@Autowired ConnectionFactory rabbit) {
    heard = Heard.on(rabbit, UserEvents.EXCHANGE);
  }

  @AfterAll
  void stopListening() {
    heard.close();
  }

  @Test
  void contactsShouldBePutAndTakenOffAsOftenAsOneLikes() {
    SignedIn ann = register();
    SignedIn bob = register();

    assertThat(as(ann).put(CONTACTS + "/" + bob.id()).status()).isEqualTo(204);
    assertThat(as(ann).put(CONTACTS + "/" + bob.id()).status()).isEqualTo(204);
    Api.Answer list = as(ann).get(CONTACTS);
    assertThat(list.json().get("items")).hasSize(1);
    assertThat(list.json().at("/items/0").propertyNames())
        .containsExactlyInAnyOrder("id", "username", "displayName", "since");
    assertThat(list.at("/items/0/username")).isEqualTo(bob.username());
    // One-sided.
    assertThat(names(as(bob), CONTACTS)).isEmpty();

    assertThat(as(ann).delete(CONTACTS + "/" + bob.id()).status()).isEqualTo(204);
    assertThat(as(ann).delete(CONTACTS + "/" + bob.id()).status()).isEqualTo(204);
    assertThat(names(as(ann), CONTACTS)).isEmpty();
  }

  /** Who shows presence to contacts shows it to others after these. */
  @Test
  void contactsAndPrivacyShouldBeToldAsFarAsPresenceIsConcerned() {
    SignedIn ann = register();
    SignedIn bob = register();

    as(ann).put(CONTACTS + "/" + bob.id());
    as(ann).put(CONTACTS + "/" + bob.id());
    heardOfPresence(ann, 1);
    as(ann).delete(CONTACTS + "/" + bob.id());
    as(ann).delete(CONTACTS + "/" + bob.id());
    heardOfPresence(ann, 2);
    Map<String, String> settings =
        Map.of("discoverable", "everyone", "profile", "nobody", "presence", "nobody");
    as(ann).put("/api/v1/users/me/privacy", settings);
    as(ann).put("/api/v1/users/me/privacy", settings);
    heardOfPresence(ann, 3);
    as(ann).put(CONTACTS + "/" + bob.id());
    heardOfPresence(ann, 4);
  }

  @Test
  void readReceiptsShouldBeToldWhenTheyAreSwitched() {
    SignedIn ann = register();
    String settings =
        "{\"discoverable\":\"everyone\",\"profile\":\"everyone\",\"readReceipts\":%s}";

    as(ann).put("/api/v1/users/me/privacy", settings.formatted(true));
    as(ann).put("/api/v1/users/me/privacy", settings.formatted(false));
    as(ann).put("/api/v1/users/me/privacy", settings.formatted(false));
    heardOfReceipts(ann, 1);
    as(ann).put("/api/v1/users/me/privacy", settings.formatted(true));
    heardOfReceipts(ann, 2);
  }

  private void heardOfReceipts(SignedIn user, int times) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(
                        heard
                            .all(ReadReceiptsChanged.ROUTING_KEY, ReadReceiptsChanged.class)
                            .stream()
                            .filter(event -> event.userId().toString().equals(user.id())))
                    .hasSize(times));
  }

  private void heardOfPresence(SignedIn user, int times) {
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(
                        heard
                            .all(PresenceAudienceChanged.ROUTING_KEY, PresenceAudienceChanged.class)
                            .stream()
                            .filter(event -> event.userId().toString().equals(user.id())))
                    .hasSize(times));
  }

  @ParameterizedTest
  @ValueSource(strings = {CONTACTS, BLOCKS})
  void listsShouldPageInOrderAndEnd(String path) {
    SignedIn ann = register();
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      SignedIn other = register();
      all.add(other.username());
      as(ann).put(path + "/" + other.id());
    }

    List<String> seen = new ArrayList<>();
    String next = "";
    while (next != null) {
      JsonNode page = as(ann).get(path + "?limit=2" + next).json();
      page.get("items").forEach(item -> seen.add(item.get("username").asString()));
      next = page.get("next").isNull() ? null : "&cursor=" + page.get("next").asString();
    }

    assertThat(seen).isEqualTo(all.stream().sorted().toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {CONTACTS, BLOCKS})
  void badRequestsShouldBeRefused(String path) {
    SignedIn ann = register();

    assertThat(as(ann).put(path + "/" + UUID.randomUUID()).problem()).isEqualTo("404 not-found");
    assertThat(as(ann).put(path + "/" + ann.id()).problem()).isEqualTo("400 not-yourself");
    assertThat(as(ann).put(path + "/nobody").problem()).isEqualTo("400 invalid-request");
    assertThat(as(ann).delete(path + "/nobody").problem()).isEqualTo("400 invalid-request");
    assertThat(as(ann).delete(path + "/" + UUID.randomUUID()).status()).isEqualTo(204);
    for (String query :
        List.of("?limit=0", "?limit=201", "?limit=x", "?cursor=AAAA", "?cursor=%")) {
      if (!query.endsWith("%")) {
        assertThat(as(ann).get(path + query).problem()).isEqualTo("400 invalid-request");
      }
    }
    assertThat(api().get(path).problem()).isEqualTo("401 unauthenticated");
    assertThat(api().put(path + "/" + ann.id()).problem()).isEqualTo("401 unauthenticated");
  }

  @ParameterizedTest
  @ValueSource(strings = {CONTACTS, BLOCKS})
  void listsShouldHaveAnEndUnderParallelRequests(String path) {
    SignedIn ann = register();
    List<String> others = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      others.add(register().id());
    }
    List<String> refusals = java.util.Collections.synchronizedList(new ArrayList<>());

    try (ExecutorService threads = Executors.newFixedThreadPool(9)) {
      for (String other : others) {
        threads.submit(
            () -> {
              Api.Answer answer = as(ann).put(path + "/" + other);
              if (answer.status() != 204) {
                refusals.add(answer.problem());
              }
            });
      }
    }

    assertThat(refusals)
        .hasSize(4)
        .containsOnly(path.equals(CONTACTS) ? "409 too-many-contacts" : "409 too-many-blocks");
    assertThat(names(as(ann), path)).hasSize(5);
  }

  @Test
  void blockShouldTakeEachOffTheOthersContacts() {
    SignedIn ann = register();
    SignedIn bob = register();
    as(ann).put(CONTACTS + "/" + bob.id());
    as(bob).put(CONTACTS + "/" + ann.id());

    as(ann).put(BLOCKS + "/" + bob.id());

    assertThat(names(as(ann), CONTACTS)).isEmpty();
    assertThat(names(as(bob), CONTACTS)).isEmpty();
    assertThat(names(as(ann), BLOCKS)).containsExactly(bob.username());
    assertThat(names(as(bob), BLOCKS)).isEmpty();
    assertThat(as(ann).put(CONTACTS + "/" + bob.id()).problem()).isEqualTo("403 blocked");
    assertThat(as(bob).put(CONTACTS + "/" + ann.id()).problem()).isEqualTo("403 blocked");

    as(ann).delete(BLOCKS + "/" + bob.id());

    assertThat(names(as(ann), CONTACTS)).isEmpty();
    assertThat(as(bob).put(CONTACTS + "/" + ann.id()).status()).isEqualTo(204);
  }

  @Test
  void blockAndContactAtOnceShouldNeverBothStand() {
    for (int round = 0; round < 10; round++) {
      SignedIn ann = register();
      SignedIn bob = register();
      try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
        threads.submit(() -> as(ann).put(BLOCKS + "/" + bob.id()));
        threads.submit(() -> as(bob).put(CONTACTS + "/" + ann.id()));
        threads.submit(() -> as(bob).put(BLOCKS + "/" + ann.id()));
      }
      assertThat(names(as(bob), CONTACTS)).isEmpty();
      assertThat(names(as(ann), BLOCKS)).hasSize(1);
      assertThat(names(as(bob), BLOCKS)).hasSize(1);
    }
  }

  @Test
  void blocksShouldBePublishedWithGrowingVersions() {
    SignedIn ann = register();
    SignedIn bob = register();

    as(ann).put(BLOCKS + "/" + bob.id());
    as(ann).put(BLOCKS + "/" + bob.id());
    as(ann).delete(BLOCKS + "/" + bob.id());
    as(ann).delete(BLOCKS + "/" + bob.id());
    as(ann).put(BLOCKS + "/" + bob.id());

    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(changes(ann)).hasSize(3));
    List<BlockChanged> changes = changes(ann);
    assertThat(changes).extracting(BlockChanged::active).containsExactly(true, false, true);
    assertThat(changes).extracting(BlockChanged::version).isSorted().doesNotHaveDuplicates();
    assertThat(changes).allMatch(change -> change.blocked().toString().equals(bob.id()));
  }

  @Test
  void internalPagesShouldHoldAllBlocksThatStand() {
    SignedIn ann = register();
    SignedIn bob = register();
    SignedIn eve = register();
    as(ann).put(BLOCKS + "/" + bob.id());
    as(ann).put(BLOCKS + "/" + eve.id());
    as(bob).put(BLOCKS + "/" + eve.id());
    as(ann).delete(BLOCKS + "/" + bob.id());

    List<String> seen = new ArrayList<>();
    String after = "0";
    while (after != null) {
      JsonNode page = service().get("/internal/blocks?limit=2&after=" + after).json();
      page.get("items")
          .forEach(
              block ->
                  seen.add(
                      block.get("blocker").asString() + " " + block.get("blocked").asString()));
      after = page.get("next").isNull() ? null : page.get("next").asString();
    }

    assertThat(seen).contains(ann.id() + " " + eve.id(), bob.id() + " " + eve.id());
    assertThat(seen).doesNotContain(ann.id() + " " + bob.id()).doesNotHaveDuplicates();
  }

  @Test
  void internalPagesShouldBeForServicesOnly() {
    assertThat(api().get("/internal/blocks").problem()).isEqualTo("401 unauthenticated");
    assertThat(as(register()).get("/internal/blocks").problem()).isEqualTo("401 unauthenticated");
    for (String query : List.of("?after=-1", "?after=x", "?limit=0", "?limit=1001")) {
      assertThat(service().get("/internal/blocks" + query).problem())
          .isEqualTo("400 invalid-request");
    }
  }

  private List<BlockChanged> changes(SignedIn blocker) {
    return heard.all(BlockChanged.ROUTING_KEY, BlockChanged.class).stream()
        .filter(change -> change.blocker().toString().equals(blocker.id()))
        .toList();
  }

  private static List<String> names(Api api, String path) {
    return api.get(path)
        .json()
        .get("items")
        .valueStream()
        .map(item -> item.get("username").asString())
        .toList();
  }
}
