package io.parley.notification.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.access.Scope;
import io.parley.common.events.MailRequested;
import io.parley.common.events.MessagesStored;
import io.parley.common.secrets.Seal;
import io.parley.notification.ServiceHarness;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageDeliveryMode;
import tools.jackson.databind.JsonNode;

/** Administrators look at what could not be done, and have it done anew or dropped. */
class DeadLettersIT extends ServiceHarness {

  private static final String PATH = "/api/v1/admin/dead-letters/notification-service";
  private static final String MAILS = PATH + "/" + MailRequested.QUEUE;

  private final String admin = TOKENS.with(user(), Set.of(Scope.ADMIN));

  @BeforeEach
  void none() {
    call("DELETE", MAILS, admin, null);
  }

  @Test
  void everyQueueShouldSayHowManyItHas() {
    publish("{unreadable");

    await("one more", () -> dead().size() == 1);
    Map<String, Integer> queues = queues();
    assertThat(queues).containsEntry(MailRequested.QUEUE, 1);
    assertThat(queues.keySet()).allMatch(name -> name.startsWith("parley.notifications."));
  }

  @Test
  void eachShouldBeShownWithItsReasonAsOftenAsItIsLookedAt() {
    IntStream.range(0, 3).forEach(i -> publish("{unreadable " + i));
    await("three", () -> dead().size() == 3);

    for (int i = 0; i < 30; i++) {
      dead();
    }

    assertThat(dead())
        .allSatisfy(
            letter -> {
              assertThat(letter.get("id").asString()).matches("[0-9a-f]{12}");
              assertThat(letter.get("reason").asString()).isEqualTo("not readable");
              assertThat(letter.get("tries").asInt()).isEqualTo(1);
              assertThat(Instant.parse(letter.get("since").asString()))
                  .isBetween(Instant.now().minusSeconds(60), Instant.now());
            })
        .extracting(letter -> letter.get("body").asString())
        .containsExactlyInAnyOrder("{unreadable 0", "{unreadable 1", "{unreadable 2");
    assertThat(items(call("GET", MAILS + "?limit=2", admin, null))).hasSize(2);
  }

  @Test
  void refusedMailShouldGoOutWhenItIsGivenBack() {
    String to = "rcpt-550-1-" + UUID.randomUUID() + "@mails.example";
    String other = "{unreadable " + UUID.randomUUID();
    publish(other);
    publish(mail(to));
    await("both", () -> dead().size() == 2);
    String id = id(letter -> !letter.get("body").asString().equals(other));

    HttpResponse<String> answer = call("POST", MAILS + "/resend?id=" + id, admin, null);

    assertThat(JSON.readTree(answer.body()).get("messages").asInt()).isEqualTo(1);
    await("a second try", () -> SMTP.tries(to) == 2);
    drained(MailRequested.QUEUE);
    assertThat(SMTP.tries(to)).isEqualTo(2);
    assertThat(dead()).extracting(letter -> letter.get("body").asString()).containsExactly(other);
  }

  @Test
  void allThatAreGivenBackShouldBeTriedAnew() {
    IntStream.range(0, 3).forEach(i -> publish("{unreadable " + i));
    await("three", () -> dead().size() == 3);

    call("POST", MAILS + "/resend", admin, null);

    await("dead again", () -> dead().size() == 3);
    assertThat(dead()).allMatch(letter -> letter.get("tries").asInt() == 1);
  }

  @Test
  void onlyWhatIsNamedShouldBeDropped() {
    IntStream.range(0, 3).forEach(i -> publish("{unreadable " + i));
    await("three", () -> dead().size() == 3);
    String one = id(letter -> letter.get("body").asString().endsWith("1"));

    call("DELETE", MAILS + "?id=" + one + "&id=0123456789ab", admin, null);

    assertThat(dead())
        .extracting(letter -> letter.get("body").asString())
        .containsExactlyInAnyOrder("{unreadable 0", "{unreadable 2");
    call("DELETE", MAILS, admin, null);
    assertThat(dead()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /parley.notifications.nothing, 404, not-found",
    "POST, /parley.notifications.nothing/resend, 404, not-found",
    "DELETE, /parley.notifications.mails.dead, 404, not-found",
    "GET, /parley.notifications.mails?limit=0, 400, invalid-request",
    "GET, /parley.notifications.mails?limit=201, 400, invalid-request",
    "GET, /parley.notifications.mails?limit=x, 400, invalid-request",
  })
  void whatIsNotThereShouldBeRefused(String method, String path, int status, String problem) {
    HttpResponse<String> answer = call(method, PATH + path, admin, null);

    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(JSON.readTree(answer.body()).get("type").asString()).endsWith(problem);
  }

  @ParameterizedTest
  @CsvSource({"GET, ''", "GET, /parley.notifications.mails", "DELETE, /parley.notifications.mails"})
  void nobodyElseShouldSeeOrTouchThem(String method, String path) {
    publish("{unreadable");
    await("one", () -> dead().size() == 1);

    assertThat(call(method, PATH + path, TOKENS.of(user()), null).statusCode()).isEqualTo(403);
    assertThat(call(method, PATH + path, null, null).statusCode()).isEqualTo(401);

    assertThat(dead()).hasSize(1);
  }

  @Test
  void theyShouldWaitWhileTheBrokerIsAway() throws Exception {
    publish("{unreadable");
    await("one", () -> dead().size() == 1);

    RABBITMQ.shut();
    try {
      HttpResponse<String> answer = call("DELETE", MAILS, admin, null);
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).contains("store-unavailable");
    } finally {
      RABBITMQ.open();
    }

    await("still there", () -> dead().size() == 1);
  }

  private Map<String, Integer> queues() {
    return items(call("GET", PATH, admin, null)).stream()
        .collect(
            Collectors.toMap(
                queue -> queue.get("name").asString(), queue -> queue.get("messages").asInt()));
  }

  private List<JsonNode> dead() {
    HttpResponse<String> answer = call("GET", MAILS, admin, null);
    return answer.statusCode() == 200 ? items(answer) : List.of();
  }

  private String id(Predicate<JsonNode> wanted) {
    return dead().stream().filter(wanted).findFirst().orElseThrow().get("id").asString();
  }

  private static List<JsonNode> items(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JSON.readTree(answer.body()).get("items").valueStream().toList();
  }

  private static String mail(String to) {
    UUID id = UUID.randomUUID();
    Map<String, Object> mail =
        Map.of(
            "to",
            to,
            "template",
            "email-changed",
            "locale",
            "en",
            "values",
            Map.of("displayName", "Ann"));
    String sealed =
        new Seal(SECRET, MailRequested.PURPOSE)
            .sealText(JSON.writeValueAsString(mail), id.toString());
    Instant now = Instant.now();
    return JSON.writeValueAsString(new MailRequested(id, sealed, now, now.plusSeconds(600)));
  }

  private void publish(String body) {
    rabbit.send(
        MessagesStored.EXCHANGE,
        MailRequested.ROUTING_KEY,
        MessageBuilder.withBody(body.getBytes(StandardCharsets.UTF_8))
            .setContentType("application/json")
            .setDeliveryMode(MessageDeliveryMode.PERSISTENT)
            .build());
  }
}
