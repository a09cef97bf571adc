package io.parley.notification.fakefcm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The stand-in as a person and a script use it. */
class FakeFcmTest {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final int KEEP = 20;

  private final HttpClient http = HttpClient.newHttpClient();
  private final FakeFcm fcm;

  FakeFcmTest() throws IOException {
    fcm = new FakeFcm(InetAddress.getLoopbackAddress(), 0, KEEP);
  }

  @BeforeEach
  void begin() throws Exception {
    call("DELETE", "/pushes", null);
  }

  @AfterEach
  void stop() {
    fcm.close();
    http.close();
  }

  @Test
  void theNewestShouldBeKeptAndComeFirst() throws Exception {
    for (int i = 0; i < KEEP + 5; i++) {
      send("token-" + i % 2, "n" + i);
    }

    JsonNode all = json("/pushes").get("items");
    JsonNode one = json("/pushes?token=token-1&limit=3").get("items");

    assertThat(all).hasSize(KEEP);
    assertThat(all.at("/0/message/data/n").asString()).isEqualTo("n24");
    assertThat(one.valueStream().map(item -> item.at("/message/data/n").asString()))
        .containsExactly("n23", "n21", "n19");
  }

  @Test
  void aRuleShouldFailSoManyPushesOfItsTokens() throws Exception {
    call("POST", "/rules", "{\"token\":\"abc*\",\"status\":503,\"retryAfter\":7,\"times\":2}");

    HttpResponse<String> first = send("abcdef", "1");

    assertThat(first.statusCode()).isEqualTo(503);
    assertThat(first.headers().firstValue("Retry-After")).contains("7");
    assertThat(first.body()).contains("UNAVAILABLE");
    assertThat(send("other", "2").statusCode()).isEqualTo(200);
    assertThat(send("abc", "3").statusCode()).isEqualTo(503);
    assertThat(send("abc", "4").statusCode()).isEqualTo(200);
    assertThat(json("/refusals").get("items")).hasSize(2);
  }

  @Test
  void aRuleShouldLimitAndDelayUntilItIsTakenBack() throws Exception {
    call("POST", "/rules", "{\"perMinute\":2,\"delayMillis\":200}");
    long start = System.nanoTime();

    List<Integer> statuses =
        List.of(
            send("a", "1").statusCode(), send("b", "2").statusCode(), send("c", "3").statusCode());

    assertThat(statuses).containsExactly(200, 200, 429);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(590));
    assertThat(json("/rules").at("/items/0/perMinute").asInt()).isEqualTo(2);
    call("DELETE", "/rules", null);
    assertThat(send("c", "4").statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"status\":200}",
        "{\"status\":\"503\"}",
        "{\"times\":0}",
        "{\"x\":1}",
        "{\"token\":1}",
        "{\"delayMillis\":-1}",
        "{\"perMinute\":1.5}"
      })
  void whatIsNoRuleShouldBeRefused(String body) throws Exception {
    assertThat(call("POST", "/rules", body).statusCode()).isEqualTo(400);
    assertThat(json("/rules").get("items")).isEmpty();
  }

  @Test
  void thePageShouldShowWhatCameAndNothingAsMarkup() throws Exception {
    send("token-1", "<script>alert(1)</script>");
    send("unregistered-2", "x");

    String all = call("GET", "/", null).body();
    String filtered = call("GET", "/?token=unregistered", null).body();

    assertThat(all).contains("token-1", "unregistered-2", "&lt;script&gt;", "404");
    assertThat(all).doesNotContain("<script>");
    assertThat(filtered).contains("unregistered-2").doesNotContain("token-1");
    assertThat(call("GET", "/?token=%22%3E%3Cb%3E", null).body()).contains("&quot;&gt;&lt;b&gt;");
  }

  @Test
  void whatIsTooBigForFcmShouldBeRefused() throws Exception {
    assertThat(send("token", "x".repeat(2_048)).statusCode()).isEqualTo(400);
    assertThat(send("t".repeat(4_000), "x".repeat(1_900)).statusCode()).isEqualTo(200);
  }

  @Test
  void webPushShouldWantItsHeadersAndItsKey() throws Exception {
    String endpoint =
        JSON.readTree(call("POST", "/web-push", "").body()).get("endpoint").asString();
    String path = URI.create(endpoint).getPath();

    assertThat(call("POST", path, "x").statusCode()).isEqualTo(400);
    assertThat(call("POST", path, "x", Map.of("TTL", "60")).statusCode()).isEqualTo(415);
    Map<String, String> unsigned = Map.of("TTL", "60", "Content-Encoding", "aes128gcm");
    assertThat(call("POST", path, "x", unsigned).statusCode()).isEqualTo(403);
    assertThat(call("POST", path, "x".repeat(4_097), unsigned).statusCode()).isEqualTo(413);
    assertThat(json("/pushes").get("items")).isEmpty();
  }

  /** RFC 8291, section 5 and appendix A. */
  @Test
  void theReceiverShouldOpenTheMessageOfTheRfc() throws Exception {
    WebPushReceiver receiver =
        new WebPushReceiver(
            "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94",
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            "BTBZMqHH6r4Tts7J_aSIgg");

    String opened =
        receiver.open(
            Base64.getUrlDecoder()
                .decode(
                    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6"
                        + "e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks"
                        + "3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"));

    assertThat(opened).isEqualTo("When I grow up, I want to be a watermelon");
  }

  private HttpResponse<String> send(String token, String n) throws Exception {
    String body =
        JSON.writeValueAsString(
            Map.of("message", Map.of("token", token, "data", Map.of("n", n, "title", n))));
    return call("POST", "/v1/projects/p/messages:send", body, Map.of("Authorization", "Bearer x"));
  }

  private JsonNode json(String path) throws Exception {
    return JSON.readTree(call("GET", path, null).body());
  }

  private HttpResponse<String> call(String method, String path, @Nullable String body)
      throws Exception {
    return call(method, path, body, Map.of());
  }

  private HttpResponse<String> call(
      String method, String path, @Nullable String body, Map<String, String> headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(fcm.endpoint() + path))
            .timeout(Duration.ofSeconds(30))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
