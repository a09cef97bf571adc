package io.parley.message.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.access.Scope;
import io.parley.message.Duo;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.SocketDocument;
import io.parley.message.StompClient;
import io.parley.message.StompClient.Frame;
import io.parley.message.command.ConversationCommand;
import io.parley.message.command.ConversationCommands;
import io.parley.message.log.LogEvent;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The document of the socket, against a node: what it names is there, what is there it names, its
 * examples work. What any other test receives is compared with it, too ({@link
 * StompClient#eventsAre}).
 */
class SocketDocumentIT {

  private static final String IN_CONVERSATION = "/app/conversations/{conversationId}/";

  // The document's examples are about these.
  private static final String CONVERSATION = "0b9f6a51-2f0e-8c1d-9a3b-5d6e7f801234";
  private static final String BEN = "018f3c71-1a2b-7c3d-8e4f-5a6b7c8d9e0f";
  private static final String SCHEDULED = "5c1f0a44-6b1e-8f02-8a77-3c9d0e1f2a3b";
  private static final String LATER = "2026-12-24T18:00:00Z";
  private static final String TOKEN = "eyJ0eXAiOiJhdCtqd3QiLC…";

  private final SocketDocument document = SocketDocument.get();

  @Test
  void theDocumentShouldBeServedToAnybody() {
    Http.Answer answer = new Http(Nodes.A.http(), "").get("/asyncapi.yaml");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.response().headers().firstValue("Content-Type").orElseThrow())
        .startsWith("application/yaml");
    assertThat(answer.response().body()).contains("asyncapi: 3.", "sendMessage:");
  }

  @Test
  void everyDestinationShouldBeDescribedWithItsScope() {
    Map<String, String> described = new TreeMap<>();
    for (String operation : sendings()) {
      described.put(
          document.at("/channels/" + operation + "/address").asString(),
          document.at("/operations/" + operation + "/x-scope").asString(""));
    }

    Map<String, String> own = new TreeMap<>();
    for (AppDestinations.Own each : AppDestinations.Own.values()) {
      String address = (each.isInConversation() ? IN_CONVERSATION : "") + each.path();
      // Where these ask for a scope, the test of refusals finds out.
      own.put(address, described.getOrDefault(address, "is not described"));
    }
    for (ConversationCommand command : Nodes.A.get(ConversationCommands.class).all()) {
      own.put(IN_CONVERSATION + command.path(), command.scope().value());
    }

    assertThat(described).isEqualTo(own);
  }

  @Test
  void everyKindOfEventShouldBeDescribed() {
    assertThat(document.at("/channels/events/messages").propertyNames())
        .containsAll(Arrays.stream(LogEvent.Kind.values()).map(Enum::name).toList());
  }

  @TestFactory
  Stream<DynamicTest> examplesShouldBeAsTheirSchemasSay() {
    List<DynamicTest> tests = new ArrayList<>();
    for (String channel : document.at("/channels").propertyNames()) {
      String messages = "/channels/" + channel + "/messages";
      for (String name : document.at(messages).propertyNames()) {
        tests.add(
            DynamicTest.dynamicTest(
                channel + ", " + name, () -> checkExamples(pointer(messages + "/" + name))));
      }
    }
    return tests.stream();
  }

  private void checkExamples(String message) {
    JsonNode examples = document.at(message + "/examples");
    assertThat(examples).as(message).isNotEmpty();
    for (JsonNode example : examples) {
      for (String part : List.of("payload", "headers")) {
        if (example.has(part)) {
          document.check(message + "/" + part, example.get(part));
        }
      }
    }
  }

  /** Where it is described, behind a reference if that is one. */
  private String pointer(String message) {
    String ref = document.raw(message).path("$ref").asString("");
    return ref.isEmpty() ? message : ref.substring(1);
  }

  @TestFactory
  Stream<DynamicTest> examplesShouldBeAnsweredAsTheDocumentSays() {
    return sendings().stream()
        .map(operation -> DynamicTest.dynamicTest(operation, () -> sendExamples(operation)));
  }

  private void sendExamples(String operation) throws Exception {
    Scene scene = new Scene();
    try (StompClient ann = StompClient.connect(Nodes.A.http(), scene.token)) {
      int sent = 0;
      for (JsonNode example : examples(operation)) {
        String receipt = "e-" + ++sent;
        ann.send("SEND", scene.headers(operation, receipt), scene.body(example));
        ann.receipt(receipt);
        for (JsonNode reply : document.at("/operations/" + operation + "/reply/messages")) {
          String ref = reply.get("$ref").asString();
          ann.event(ref.substring(ref.lastIndexOf('/') + 1));
        }
      }
      assertThat(sent).as("examples of " + operation).isPositive();
    }
  }

  @TestFactory
  Stream<DynamicTest> refusalsShouldBeAsTheDocumentSays() {
    return sendings().stream()
        .flatMap(
            operation ->
                Stream.of(
                    DynamicTest.dynamicTest(
                        operation + " of a stranger", () -> sendAsStranger(operation)),
                    DynamicTest.dynamicTest(
                        operation + " without its scope", () -> sendWithoutScope(operation))));
  }

  private void sendAsStranger(String operation) throws Exception {
    Scene scene = new Scene();
    if (!scene.destination(operation).contains(scene.duo.id.toString())) {
      return;
    }
    try (StompClient stranger = StompClient.connect(Nodes.A.http(), scene.duo.asStranger.token())) {
      assertThat(refusal(stranger, scene, operation))
          .isIn("conversation-not-found", "scheduled-message-not-found");
    }
  }

  private void sendWithoutScope(String operation) throws Exception {
    String scope = document.at("/operations/" + operation + "/x-scope").asString("");
    Scene scene = new Scene();
    List<Scope> others =
        Arrays.stream(Scope.values()).filter(each -> !each.value().equals(scope)).toList();
    String token =
        scene.duo.annWith(String.join(" ", others.stream().map(Scope::value).toList())).token();
    if (scope.isEmpty()) {
      return;
    }
    try (StompClient ann = StompClient.open(Nodes.A.http())) {
      ann.send("CONNECT", Map.of("accept-version", "1.2", "Authorization", "Bearer " + token), "");
      check("CONNECTED", ann.next());
      ann.subscribe("problems", "/user/queue/problems");
      assertThat(refusal(ann, scene, operation)).isEqualTo("insufficient-scope");
    }
  }

  private String refusal(StompClient client, Scene scene, String operation) throws Exception {
    JsonNode example = examples(operation).get(0);
    client.send("SEND", scene.headers(operation, "r"), scene.body(example));
    Frame problem = client.refusal("r");
    check("problem", problem);
    String type = problem.json().get("type").asString();
    return type.substring(type.lastIndexOf('/') + 1);
  }

  @ParameterizedTest
  @CsvSource({"1.2, Bearer nonsense, unauthenticated", "0.9, Bearer nonsense, invalid-request"})
  void aConnectThatIsRefusedShouldGetAnErrorAsDescribed(
      String version, String authorization, String slug) throws Exception {
    try (StompClient client = StompClient.open(Nodes.A.http())) {
      client.send("CONNECT", Map.of("accept-version", version, "Authorization", authorization), "");
      Frame error = client.next();

      check("ERROR", error);
      assertThat(error.headers().get("message")).isEqualTo(slug);
    }
  }

  private JsonNode examples(String operation) {
    return document.at("/channels/" + operation + "/messages/body").path("examples");
  }

  /** A frame's headers, but those of STOMP itself, and its body. */
  private void check(String message, Frame frame) {
    Map<String, String> headers = new HashMap<>(frame.headers());
    if (frame.command().equals("MESSAGE")) {
      List.of("subscription", "message-id", "destination", "content-type").forEach(headers::remove);
    }
    headers.remove("content-length");
    document.check(
        "/components/messages/" + message + "/headers", JsonMapper.shared().valueToTree(headers));
    if (!frame.body().isEmpty()) {
      document.check("/components/messages/" + message + "/payload", frame.json());
    }
  }

  /** The operations that are a client's SEND. */
  private List<String> sendings() {
    return document.at("/operations").propertyNames().stream()
        .filter(
            name -> document.at("/channels/" + name + "/address").asString("").startsWith("/app/"))
        .toList();
  }

  /**
   * What the examples are about: a direct conversation with messages 1 to 3, of which the second is
   * pinned and Ann has reacted to the first with 🎉; Ann has read the second, follows its thread,
   * and sends another one later.
   */
  private final class Scene {

    final Duo duo = new Duo();
    final String token = Nodes.FLEET.token(duo.ann);
    final String later = Instant.now().plusSeconds(3600).truncatedTo(ChronoUnit.SECONDS).toString();
    final String scheduled;

    Scene() {
      duo.send(duo.asAnn, "Shall we?");
      duo.send(duo.asBen, "When?");
      duo.send(duo.asBen, "And where?");
      done(duo.asAnn.put(duo.path("/messages/2/thread/follow"), ""));
      done(duo.asAnn.put(duo.path("/messages/1/reactions/%F0%9F%8E%89"), ""));
      done(duo.asAnn.put(duo.path("/pins/2"), ""));
      done(duo.asAnn.put(duo.path("/read"), Map.of("seq", 2)));
      Http.Answer planned =
          duo.asAnn.post(
              duo.path("/scheduled"),
              Map.of("clientMessageId", "later", "text", "Good morning", "at", later));
      done(planned);
      scheduled = planned.json().get("id").asString();
    }

    private static void done(Http.Answer answer) {
      assertThat(answer.status()).as(answer.response().body()).isBetween(200, 299);
    }

    String destination(String operation) {
      String channel = "/channels/" + operation;
      String address = document.at(channel + "/address").asString();
      for (String name : document.at(channel + "/parameters").propertyNames()) {
        String value = document.at(channel + "/parameters/" + name).at("/examples/0").asString();
        address = address.replace("{" + name + "}", value);
      }
      return real(address);
    }

    Map<String, String> headers(String operation, String receipt) {
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put("destination", destination(operation));
      headers.put("receipt", receipt);
      return headers;
    }

    String body(JsonNode example) {
      return example.has("payload") ? real(example.get("payload").toString()) : "";
    }

    private String real(String text) {
      return text.replace(CONVERSATION, duo.id.toString())
          .replace(BEN, duo.ben.toString())
          .replace(SCHEDULED, scheduled)
          .replace(LATER, later)
          .replace(TOKEN, token);
    }
  }
}
