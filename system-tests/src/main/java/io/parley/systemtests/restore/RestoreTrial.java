package io.parley.systemtests.restore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Chats before a backup, during it and after; then, on the restored fleet, compares what is there
 * with what was acknowledged.
 *
 * <pre>
 * RestoreTrial before &lt;gateway&gt; &lt;state file&gt; &lt;file that ends it when it is there&gt;
 * RestoreTrial after  &lt;gateway&gt; &lt;state file&gt; &lt;when the backup began&gt;
 * </pre>
 */
public final class RestoreTrial {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration BETWEEN_SENDS = Duration.ofMillis(150);
  private static final Duration REPAIRED_WITHIN = Duration.ofMinutes(2);
  private static final int AT_FIRST = 40;

  /** A message that was acknowledged, as its author's client keeps it. */
  record Sent(
      String author,
      String conversation,
      String key,
      String text,
      long seq,
      String id,
      Instant at) {}

  /**
   * @param direct of ann and ben
   * @param group of ann, ben and cleo
   * @param late a conversation that began while the backup was written
   * @param groupName the last name that the group got
   */
  record State(String direct, String group, String late, String groupName, List<Sent> sent) {}

  private final String gateway;
  private final Map<String, Caller> people = new HashMap<>();
  private final Clock clock = Clock.systemUTC();
  private int failures;

  private RestoreTrial(String gateway) throws IOException, InterruptedException {
    this.gateway = gateway;
    for (String name : List.of("ann", "ben", "cleo", "ada")) {
      people.put(name, Caller.logIn(gateway, name));
    }
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    RestoreTrial trial = new RestoreTrial(arguments[1]);
    Path file = Path.of(arguments[2]);
    if (arguments[0].equals("before")) {
      State state = trial.chat(Path.of(arguments[3]));
      Files.writeString(file, JSON.writeValueAsString(state));
    } else {
      State state = JSON.readValue(Files.readString(file), State.class);
      trial.compare(state, Instant.parse(arguments[3]));
      System.out.println(trial.failures == 0 ? "all as promised" : trial.failures + " failures");
      System.exit(trial.failures == 0 ? 0 : 1);
    }
  }

  private Caller as(String name) {
    return Objects.requireNonNull(people.get(name));
  }

  // ---- before -----------------------------------------------------------------------------------

  private State chat(Path end) throws IOException, InterruptedException {
    String direct = direct("ann", "ben");
    String name = "trial " + UUID.randomUUID();
    String group =
        as("ann")
            .call(
                "POST",
                "/groups",
                Map.of(
                    "name",
                    name,
                    "description",
                    "",
                    "memberIds",
                    List.of(as("ben").id(), as("cleo").id())))
            .expect(201)
            .get("id")
            .asString();
    List<Sent> sent = new ArrayList<>();
    int number = 0;
    while (number < AT_FIRST) {
      send(sent, direct, group, "", number++);
    }
    System.out.println("ready");
    String late = "";
    while (!Files.exists(end)) {
      if (late.isEmpty()) {
        late = direct("cleo", "ben");
      }
      send(sent, direct, group, late, number++);
      if (number % 15 == 0) {
        name = "trial " + number;
        as("ann").edit("/groups/" + group, Map.of("name", name)).expect(200);
      }
    }
    // The client that will be ahead has seen all of this.
    return new State(direct, group, late, name, sent);
  }

  private String direct(String one, String other) throws IOException, InterruptedException {
    return as(one)
        .call("POST", "/conversations/direct", Map.of("userId", as(other).id()))
        .expect(200)
        .get("id")
        .asString();
  }

  private void send(List<Sent> sent, String direct, String group, String late, int number)
      throws IOException, InterruptedException {
    sent.add(send(number % 2 == 0 ? "ann" : "ben", direct, "d" + number, "direct " + number));
    sent.add(send(List.of("ann", "ben", "cleo").get(number % 3), group, "g" + number, "group"));
    if (!late.isEmpty()) {
      sent.add(send("cleo", late, "l" + number, "late " + number));
    }
    Thread.sleep(BETWEEN_SENDS);
  }

  private Sent send(String author, String conversation, String key, String text)
      throws IOException, InterruptedException {
    String path = "/conversations/" + conversation + "/messages";
    Map<String, String> message = Map.of("clientMessageId", key, "text", text);
    Caller.Answer answer = as(author).call("POST", path, message);
    // Limits, and a store that is slow: what is not acknowledged is sent again.
    for (int attempt = 0; attempt < 60 && answer.status() != 201; attempt++) {
      Thread.sleep(1_000);
      answer = as(author).call("POST", path, message);
    }
    JsonNode ack = answer.expect(201);
    return new Sent(
        author,
        conversation,
        key,
        text,
        ack.get("seq").asLong(),
        ack.get("id").asString(),
        clock.instant());
  }

  // ---- after ------------------------------------------------------------------------------------

  private void compare(State state, Instant began) throws IOException, InterruptedException {
    System.out.println("ann, ben, cleo and ada have logged in");
    Map<String, List<Sent>> lost = new LinkedHashMap<>();
    Map<String, Long> heads = new HashMap<>();
    for (String conversation : List.of(state.direct(), state.group(), state.late())) {
      List<Sent> sent =
          state.sent().stream().filter(each -> each.conversation().equals(conversation)).toList();
      if (sent.isEmpty()) {
        continue;
      }
      Caller.Answer first = as("ben").get("/conversations/" + conversation + "/events?after=0");
      if (first.status() != 200 && conversation.equals(state.late())) {
        System.out.println("the conversation that began during the backup is not there");
        continue;
      }
      Map<Long, JsonNode> events = events(conversation, 0);
      heads.put(conversation, (long) events.size());
      long acknowledgedBefore = 0;
      long laterAndThere = 0;
      for (Sent each : sent) {
        JsonNode event = events.get(each.seq());
        boolean there = event != null && event.get("id").asString().equals(each.id());
        if (each.at().isBefore(began)) {
          acknowledgedBefore++;
          check(
              event != null && there && event.get("text").asString().equals(each.text()),
              "lost: " + each);
        } else if (there) {
          laterAndThere++;
        } else {
          lost.computeIfAbsent(conversation, key -> new ArrayList<>()).add(each);
        }
      }
      System.out.printf(
          "%s: %d events; %d acknowledged before the backup began, all there; of %d later ones %d there%n",
          conversation,
          events.size(),
          acknowledgedBefore,
          sent.size() - acknowledgedBefore,
          laterAndThere);
    }
    for (Map.Entry<String, List<Sent>> each : lost.entrySet()) {
      clientThatIsAhead(
          each.getKey(), Objects.requireNonNull(heads.get(each.getKey())), each.getValue());
    }
    groupGoesOn(state);
  }

  /** All events, by seq; fails on a gap and on a seq that comes twice. */
  private Map<Long, JsonNode> events(String conversation, long from)
      throws IOException, InterruptedException {
    Map<Long, JsonNode> events = new LinkedHashMap<>();
    long after = from;
    boolean more = true;
    while (more) {
      JsonNode page = page(conversation, after);
      for (JsonNode event : page.get("items")) {
        check(event.get("seq").asLong() == ++after, "a gap or a repeat before " + event);
        events.put(after, event);
      }
      more = page.get("more").asBoolean();
    }
    return events;
  }

  private JsonNode page(String conversation, long after) throws IOException, InterruptedException {
    return as("ben")
        .get("/conversations/" + conversation + "/events?reset=false&limit=500&after=" + after)
        .expect(200);
  }

  private void clientThatIsAhead(String conversation, long head, List<Sent> lost)
      throws IOException, InterruptedException {
    Sent newest = lost.getLast();
    JsonNode told = page(conversation, newest.seq());
    check(
        told.get("next").asLong() == head && head < newest.seq(),
        "a client at " + newest.seq() + " is told " + told);
    System.out.println(
        "a client that knows seq " + newest.seq() + " is told that the log ends at " + head);
    // Others write until the log is longer than what that client knows.
    Map<Long, String> given = new HashMap<>();
    while (head + given.size() <= newest.seq()) {
      Sent other = send("ben", conversation, "after-" + given.size(), "after the restore");
      check(given.put(other.seq(), other.id()) == null, "seq " + other.seq() + " was given twice");
      check(other.seq() > head, "seq " + other.seq() + " was given again");
    }
    Map<Long, JsonNode> events = events(conversation, 0);
    given.forEach(
        (seq, id) ->
            check(
                Objects.requireNonNull(events.get(seq)).get("id").asString().equals(id),
                "another event is at " + seq));
    // From now on `next` says nothing, and the event at the last seq that it knows does.
    check(page(conversation, newest.seq()).get("next").asLong() > newest.seq(), "no event behind");
    String id = page(conversation, newest.seq() - 1).get("items").get(0).get("id").asString();
    check(!id.equals(newest.id()), "the event at seq " + newest.seq() + " looks the same");
    // What its author sends again is stored once, at another place.
    Sent again = send(newest.author(), conversation, newest.key(), newest.text());
    Sent repeated = send(newest.author(), conversation, newest.key(), newest.text());
    check(again.seq() > newest.seq() && again.seq() == repeated.seq(), "sent again: " + again);
  }

  private void groupGoesOn(State state) throws IOException, InterruptedException {
    as("ada").call("POST", "/admin/reconciliation?full=true", "").expect(202);
    JsonNode status = as("ada").get("/admin/reconciliation").expect(200);
    Instant patience = clock.instant().plus(REPAIRED_WITHIN);
    while (!status.get("state").asString().equals("done") && clock.instant().isBefore(patience)) {
      Thread.sleep(500);
      status = as("ada").get("/admin/reconciliation").expect(200);
    }
    System.out.println("reconciled: " + status);
    String name = as("ann").get("/groups/" + state.group()).expect(200).get("name").asString();
    String shown = "";
    while (!shown.equals(name) && clock.instant().isBefore(patience)) {
      Thread.sleep(500);
      for (JsonNode item : as("ben").get("/conversations?limit=200").expect(200).get("items")) {
        if (item.get("id").asString().equals(state.group())) {
          shown = item.get("name").asString();
        }
      }
    }
    check(shown.equals(name), "the group is called " + name + ", and the inbox says " + shown);
    // A change after the restore must win over whatever was known before.
    as("ann").edit("/groups/" + state.group(), Map.of("name", "trial restored")).expect(200);
    while (!shown.equals("trial restored") && clock.instant().isBefore(patience)) {
      Thread.sleep(500);
      for (JsonNode item : as("ben").get("/conversations?limit=200").expect(200).get("items")) {
        if (item.get("id").asString().equals(state.group())) {
          shown = item.get("name").asString();
        }
      }
    }
    check(shown.equals("trial restored"), "a change after the restore is not seen: " + shown);
    System.out.println("the group is called " + name + ", and can be changed");
  }

  private void check(boolean holds, String otherwise) {
    if (!holds) {
      failures++;
      System.out.println("FAILED " + otherwise);
    }
  }
}
