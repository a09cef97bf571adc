package io.parley.group.erasure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.common.access.ServiceTokens;
import io.parley.common.events.ErasureAnswered;
import io.parley.common.events.ErasureRequested;
import io.parley.common.events.UserEvents;
import io.parley.common.ids.UserId;
import io.parley.group.testing.Api;
import io.parley.group.testing.GroupServiceIT;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.core.AmqpAdmin;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ErasureIT extends GroupServiceIT {

  private static final String ANSWERS = "test.erasure-answers";

  @Autowired private RabbitTemplate rabbit;
  @Autowired private AmqpAdmin rabbitAdmin;
  @Autowired private JsonMapper json;

  private final String ann = USERS.newUser();
  private final String bob = USERS.newUser();
  private final String eve = USERS.newUser();
  private final String dan = USERS.newUser();

  @BeforeEach
  void bindAnswers() {
    rabbitAdmin.declareQueue(new Queue(ANSWERS));
    rabbitAdmin.declareBinding(
        new Binding(
            ANSWERS,
            Binding.DestinationType.QUEUE,
            UserEvents.EXCHANGE,
            ErasureAnswered.ROUTING_KEY,
            null));
  }

  @Test
  void nothingOfTheAccountShouldBeLeft() {
    String own = group(ann, bob, eve, dan);
    setRole(own, eve, "MODERATOR");
    setRole(own, dan, "MODERATOR");
    CLOCK.forward(Duration.ofSeconds(1));
    String alone = group(ann);
    String joined = group(bob, ann, eve);
    setRole(joined, ann, "ADMIN");
    as(ann).put(GROUPS + "/" + joined + "/bans/" + dan, Map.of("reason", "x"));
    as(ann).post(GROUPS + "/" + own + "/invitation-links", Map.of());
    as(ann).post(GROUPS + "/" + joined + "/invitations", user(USERS.newUser()), "key");
    as(ann).post("/api/v1/reports", Map.of("groupId", joined, "reason", "spam", "text", "hm"));
    as(eve).post("/api/v1/reports", Map.of("groupId", joined, "userId", ann, "reason", "spam"));
    as(bob).put(GROUPS + "/" + group(bob) + "/bans/" + ann, Map.of());

    ErasureAnswered answer = erase(ann);

    assertThat(answer.service()).isEqualTo("group-service");
    assertThat(answer.counts()).containsEntry("memberships", 3L).containsEntry("bans", 2L);
    // The longest-standing of the highest role: both moderators came at once, one id is first.
    String heir = eve.compareTo(dan) < 0 ? eve : dan;
    assertThat(stored(own)).hasSize(3).contains(heir + " owner", bob + " member");
    assertThat(as(bob).get(GROUPS + "/" + alone).problem()).isEqualTo("404 not-found");
    assertThat(stored(joined)).containsExactlyInAnyOrder(bob + " owner", eve + " member");
    assertThat(as(bob).get(GROUPS + "/" + joined + "/bans").json().at("/items/0/bannedBy").isNull())
        .isTrue();
    JsonNode reports = as(bob).get(GROUPS + "/" + joined + "/reports").json().get("items");
    assertThat(reports).hasSize(1);
    assertThat(reports.get(0).get("reporter").isNull()).isTrue();
    assertThat(everywhere(ann)).isEmpty();
  }

  @Test
  void aRepeatedRequestShouldBeAnsweredAgain() {
    group(bob, ann);

    assertThat(erase(ann).counts()).containsEntry("memberships", 1L);
    assertThat(erase(ann).counts()).containsEntry("memberships", 0L);
  }

  @Test
  void exportShouldGiveAllThatIsHeld() {
    String group = group(ann, bob);
    as(ann).post(GROUPS + "/" + group + "/invitations", user(eve));
    as(ann).post("/api/v1/reports", Map.of("userId", eve, "reason", "spam", "text", "hm"));
    ServiceTokens tokens = new ServiceTokens(SECRET, "user-service", CLOCK);
    Api service = api().withAuthorization(tokens.bearer("group-service"));

    JsonNode held = service.get("/internal/users/" + ann + "/export").json();

    assertThat(held.at("/memberships/0/groupName").asString()).isEqualTo("Group");
    assertThat(held.at("/memberships/0/role").asString()).isEqualTo("owner");
    assertThat(held.at("/invitations/0/userId").asString()).isEqualTo(eve);
    assertThat(held.at("/reports/0/text").asString()).isEqualTo("hm");
    assertThat(service.get("/internal/users/" + UUID.randomUUID() + "/export").json().get("bans"))
        .isEmpty();
    assertThat(as(ann).get("/internal/users/" + ann + "/export").problem())
        .isEqualTo("401 unauthenticated");
  }

  private ErasureAnswered erase(String user) {
    UUID id = UUID.randomUUID();
    rabbit.convertAndSend(
        UserEvents.EXCHANGE,
        ErasureRequested.ROUTING_KEY,
        new ErasureRequested(
            id, UserId.valueOf(user), ErasureRequested.Messages.KEEP_ANONYMOUS, CLOCK.instant()));
    List<ErasureAnswered> answers = new ArrayList<>();
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () -> {
              Message message = rabbit.receive(ANSWERS);
              if (message != null) {
                String text = new String(message.getBody(), StandardCharsets.UTF_8);
                answers.add(json.readValue(text, ErasureAnswered.class));
              }
              return answers.stream().anyMatch(answer -> answer.erasureId().equals(id));
            });
    return answers.getLast();
  }

  /** Tables that still name a user, events under way aside. */
  private List<String> everywhere(String user) {
    List<String> tables =
        database
            .sql(
                """
                SELECT table_name FROM information_schema.tables
                WHERE table_schema = 'public' AND table_name NOT IN ('outbox', 'flyway_schema_history')
                """)
            .query(String.class)
            .list();
    assertThat(tables).contains("members", "people", "reports");
    return tables.stream()
        .filter(
            table ->
                database
                        .sql("SELECT count(*) FROM " + table + " t WHERE t::text LIKE :user")
                        .param("user", "%" + user + "%")
                        .query(Long.class)
                        .single()
                    > 0)
        .toList();
  }
}
