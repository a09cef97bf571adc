package io.parley.localstack.fleet;

import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.Pause;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A few people who talk, made through the gateway as any client would. What is there already stays
 * as it is, so it may run again.
 */
final class SampleData implements AutoCloseable {
  static final String PASSWORD = "otter-lantern-seven-hills";

  private static final String DOMAIN = "@parley.example";
  static final String ADMIN_EMAIL = "ada" + DOMAIN;

  private static final String GROUP = "Weekend hike";
  private static final Duration ANSWER_WITHIN = Duration.ofSeconds(20);

  /** A fleet that just came up needs a moment, and so do group-service's events. */
  private static final Duration SETTLED_WITHIN = Duration.ofSeconds(30);

  /** What passes by itself: not a member yet, not known yet, too many requests, not reachable. */
  private static final Set<Integer> PASSING = Set.of(403, 404, 429, 502, 503, 504);

  private final String gateway;
  private final @Nullable MailCatcher mails;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(ANSWER_WITHIN)
          .build();
  private final JsonMapper json = JsonMapper.builder().build();
  private final Map<String, Person> people = new HashMap<>();

  /**
   * @param mails null when they go elsewhere: then nobody is verified
   */
  SampleData(String gateway, @Nullable MailCatcher mails) {
    this.gateway = gateway;
    this.mails = mails;
  }

  /**
   * Into a fleet that somebody else started, as {@code docker-compose.dev.yml} does: {@code
   * SampleData GATEWAY-URL MAIL-CATCHER-URL}.
   */
  public static void main(String[] arguments) {
    if (arguments.length != 2) {
      System.err.println("usage: SampleData GATEWAY-URL MAIL-CATCHER-URL");
      System.exit(2);
    }
    try (SampleData sampleData = new SampleData(arguments[0], new MailCatcher(arguments[1]))) {
      System.out.println(
          "sample data: " + sampleData.create() + "; everybody's password is " + PASSWORD);
    } catch (LocalStackException e) {
      System.err.println("no sample data: " + e.getMessage());
      System.exit(1);
    }
  }

  /** Someone who is logged in. */
  private record Person(String id, String accessToken) {}

  private record Answer(int status, JsonNode body) {
    boolean ok() {
      return status / 100 == 2;
    }
  }

  /**
   * Answers one line that says what there is now. It goes through all of it again while a service
   * is not yet reachable or has not yet heard of a new member.
   */
  String create() {
    long deadline = System.nanoTime() + SETTLED_WITHIN.toNanos();
    while (true) {
      try {
        return createOnce();
      } catch (RefusedException e) {
        if (!PASSING.contains(e.status) || System.nanoTime() > deadline) {
          throw new LocalStackException(String.valueOf(e.getMessage()), e);
        }
        Pause.of(Duration.ofMillis(500));
      }
    }
  }

  private String createOnce() {
    person("ada", "Ada Novak");
    Person ann = person("ann", "Ann Miller");
    Person ben = person("ben", "Ben Okafor");
    Person cleo = person("cleo", "Cléo Dubois");
    String direct =
        textAt(must(post(ann, "/conversations/direct", Map.of("userId", ben.id()))), "id");
    talk(
        direct,
        List.of(
            new Line(ann, "Hi Ben! Are you coming along on Saturday?"),
            new Line(ben, "I am. Shall I bring the thermos?"),
            new Line(ann, "Please do ☕")));
    String group = group(ann, List.of(ben.id(), cleo.id()));
    talk(
        group,
        List.of(
            new Line(ann, "Welcome! We meet at the station at 8:30."),
            new Line(cleo, "J'apporte les croissants 🥐"),
            new Line(ben, "Then I will certainly be on time.")));
    return "users ann, ben, cleo and ada, a direct conversation, and the group \"" + GROUP + "\"";
  }

  private static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    final int status;

    RefusedException(Answer answer) {
      super("the sample data was refused: " + answer.status() + " " + answer.body());
      this.status = answer.status();
    }
  }

  @Override
  public void close() {
    client.close();
  }

  private record Line(Person author, String text) {}

  /** Once per run, however often all is gone through again: logins are limited. */
  private Person person(String username, String displayName) {
    Person known = people.get(username);
    if (known == null) {
      known = newPerson(username, displayName);
      people.put(username, known);
    }
    return known;
  }

  private Person newPerson(String username, String displayName) {
    String email = username + DOMAIN;
    Answer registered =
        post(
            null,
            "/auth/register",
            Map.of(
                "username", username,
                "email", email,
                "password", PASSWORD,
                "displayName", displayName));
    Person person =
        registered.status() == 409
            ? logIn(username)
            : new Person("", textAt(must(registered), "accessToken"));
    JsonNode account = must(get(person, "/users/me"));
    if (mails != null && !account.path("emailVerified").asBoolean(true)) {
      verify(person, email, registered.ok());
      // A token keeps the scopes that it was made with.
      person = logIn(username);
    }
    return new Person(textAt(account, "id"), person.accessToken());
  }

  private Person logIn(String username) {
    JsonNode session =
        must(post(null, "/auth/login", Map.of("login", username, "password", PASSWORD)));
    return new Person("", textAt(session, "accessToken"));
  }

  /** As a person would: with the link in the mail. */
  private void verify(Person person, String email, boolean mailed) {
    if (!mailed) {
      must(post(person, "/auth/email/resend", Map.of()));
    }
    String link = Objects.requireNonNull(mails).awaitLink(email, "/verify-email#");
    String token = link.substring(link.indexOf('#') + 1);
    // One of them is to be the first admin, which takes the password.
    must(post(null, "/auth/email/verify", Map.of("token", token, "password", PASSWORD)));
  }

  private String group(Person owner, List<String> members) {
    for (JsonNode group : must(get(owner, "/groups")).path("items")) {
      if (group.path("name").asString("").equals(GROUP)) {
        return textAt(group, "id");
      }
    }
    return textAt(
        must(
            post(
                owner,
                "/groups",
                Map.of(
                    "name",
                    GROUP,
                    "description",
                    "Up the hill and back before dark",
                    "memberIds",
                    members))),
        "id");
  }

  /**
   * Says what was not said yet: message-service would know a repetition by its id, but not for
   * ever.
   */
  private void talk(String conversation, List<Line> lines) {
    String messages = "/conversations/" + conversation + "/messages";
    Set<String> said = new HashSet<>();
    for (JsonNode message : must(get(lines.getFirst().author(), messages)).path("items")) {
      said.add(message.path("text").asString(""));
    }
    for (Line line : lines) {
      if (!said.contains(line.text())) {
        String id = conversation + "/" + line.text();
        UUID clientMessageId = UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8));
        Map<String, String> message =
            Map.of("clientMessageId", clientMessageId.toString(), "text", line.text());
        must(post(line.author(), messages, message));
      }
    }
  }

  private static JsonNode must(Answer answer) {
    if (!answer.ok()) {
      throw new RefusedException(answer);
    }
    return answer.body();
  }

  private static String textAt(JsonNode node, String field) {
    String text = node.path(field).asString("");
    if (text.isEmpty()) {
      throw new LocalStackException("the sample data got an answer without " + field + ": " + node);
    }
    return text;
  }

  private Answer get(Person person, String path) {
    return send(request(person, path).GET().build());
  }

  private Answer post(@Nullable Person person, String path, Object body) {
    return send(
        request(person, path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body)))
            .build());
  }

  private HttpRequest.Builder request(@Nullable Person person, String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(gateway + "/api/v1" + path)).timeout(ANSWER_WITHIN);
    return person == null
        ? request
        : request.header("Authorization", "Bearer " + person.accessToken());
  }

  private Answer send(HttpRequest request) {
    try {
      HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
      String body = response.body();
      boolean isJson =
          response.headers().firstValue("Content-Type").filter(t -> t.contains("json")).isPresent();
      JsonNode node = isJson ? json.readTree(body) : json.getNodeFactory().stringNode(body);
      return new Answer(response.statusCode(), node);
    } catch (IOException e) {
      throw new LocalStackException("the gateway does not answer: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalStackException("interrupted", e);
    }
  }
}
