package io.parley.notification.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.net.httpserver.HttpServer;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.device.Device;
import io.parley.notification.device.Platform;
import io.parley.notification.fakefcm.FakeFcm;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** firebase-admin on the wire, against the fake FCM and against answers that it does not expect. */
class FcmSenderTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-03-01T10:00:00Z"), ZoneOffset.UTC);
  private static final PushTexts TEXTS = new PushTexts();
  private static final Notice NOTICE =
      new Notice(
          new ConversationId(new UUID(0, 7)),
          "DIRECT",
          1,
          "message",
          new UserId(new UUID(0, 1)),
          Instant.EPOCH,
          Notice.Kind.RING,
          new Words(null, "Ann", "Hello"),
          true,
          1,
          false,
          null);

  @Test
  void outcomesShouldBeToldApart() throws Exception {
    try (FakeFcm fcm = new FakeFcm(0);
        FcmSender sender = sender(fcm.endpoint())) {
      fcm.retryAfterSeconds(30);
      List<PushResult> results =
          sender.send(
              pushes(
                  device("good"),
                  device("unregistered-x"),
                  device("mismatch-x"),
                  device("invalid-x"),
                  device("refused-x"),
                  device("quota-x"),
                  device("internal-x")));

      assertThat(results.stream().map(PushResult::outcome))
          .containsExactly(
              Outcome.SENT,
              Outcome.GONE,
              Outcome.GONE,
              Outcome.GONE,
              Outcome.REFUSED,
              Outcome.DEFERRED,
              Outcome.DEFERRED);
      assertThat(results.stream().map(PushResult::error))
          .containsExactly(
              null,
              "UNREGISTERED",
              "SENDER_ID_MISMATCH",
              "INVALID_ARGUMENT",
              "THIRD_PARTY_AUTH_ERROR",
              "QUOTA_EXCEEDED",
              "INTERNAL");
      assertThat(results.get(5).retryAfter()).isEqualTo(Duration.ofSeconds(30));
      assertThat(results.get(6).retryAfter()).isZero();
    }
  }

  @Test
  void aBatchShouldBeAnsweredDeviceByDevice() throws Exception {
    try (FakeFcm fcm = new FakeFcm(0);
        FcmSender sender = sender(fcm.endpoint())) {
      List<Device> devices =
          IntStream.range(0, PushSender.MAX_BATCH)
              .mapToObj(i -> device(i % 10 == 0 ? "quota-" + i : "good-" + i))
              .toList();

      List<PushResult> results = sender.send(pushes(devices.toArray(Device[]::new)));

      assertThat(results.stream().map(PushResult::device))
          .containsExactlyElementsOf(devices.stream().map(Device::id).toList());
      assertThat(results.stream().filter(r -> r.outcome() == Outcome.DEFERRED)).hasSize(50);
    }
  }

  @Test
  void anAnswerThatIsNotUnderstoodShouldDeferOnlyItsOwnDevice() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            String request =
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            boolean odd = request.contains("odd");
            byte[] body =
                (odd ? "{\"error\":{\"status\":\"NEVER_HEARD_OF\"}}" : "{\"name\":\"x\"}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(odd ? 409 : 200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
    try (FcmSender sender = sender("http://127.0.0.1:" + server.getAddress().getPort())) {
      List<PushResult> results =
          sender.send(pushes(device("fine"), device("odd"), device("fine-too")));

      assertThat(results.stream().map(PushResult::outcome))
          .containsExactly(Outcome.SENT, Outcome.DEFERRED, Outcome.SENT);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aRetryAfterDateShouldBeUnderstood() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.getResponseHeaders().set("Retry-After", "Sun, 1 Mar 2026 10:02:00 GMT");
            exchange.sendResponseHeaders(429, -1);
          }
        });
    server.start();
    try (FcmSender sender = sender("http://127.0.0.1:" + server.getAddress().getPort())) {
      PushResult result = sender.send(pushes(device("x"))).getFirst();

      assertThat(result.outcome()).isEqualTo(Outcome.DEFERRED);
      assertThat(result.retryAfter()).isEqualTo(Duration.ofMinutes(2));
    } finally {
      server.stop(0);
    }
  }

  @Test
  void fcmAwayShouldDefer() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    try (FcmSender sender = sender("http://127.0.0.1:" + free)) {
      assertThat(sender.send(pushes(device("x"))).getFirst().outcome()).isEqualTo(Outcome.DEFERRED);
    }
  }

  @Test
  void settingsThatCanNotWorkShouldBeRefusedAtStart(@TempDir Path folder) throws IOException {
    Path notAnAccount = Files.writeString(folder.resolve("account.json"), "{}");

    assertThatIllegalStateException()
        .isThrownBy(() -> sender("http://127.0.0.1:1/path"))
        .withMessageContaining("PARLEY_FCM_ENDPOINT");
    assertThatIllegalStateException()
        .isThrownBy(() -> sender("127.0.0.1:1"))
        .withMessageContaining("PARLEY_FCM_ENDPOINT");
    for (Path path : List.of(notAnAccount, folder.resolve("missing.json"))) {
      assertThatIllegalStateException()
          .isThrownBy(() -> FcmSender.real(path, TEXTS, JsonMapper.shared(), CLOCK))
          .withMessageContaining("PARLEY_FCM_CREDENTIALS");
    }
  }

  @Test
  void aServiceAccountShouldLeadToTheRealFcm(@TempDir Path folder) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    String key =
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder()
                .encodeToString(generator.generateKeyPair().getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n";
    Path account =
        Files.writeString(
            folder.resolve("account.json"),
            JsonMapper.shared()
                .writeValueAsString(
                    Map.of(
                        "type", "service_account",
                        "project_id", "some-project",
                        "private_key_id", "1",
                        "private_key", key,
                        "client_email", "push@some-project.iam.gserviceaccount.com",
                        "client_id", "2")));

    try (FcmSender sender = FcmSender.real(account, TEXTS, JsonMapper.shared(), CLOCK)) {
      assertThat(sender.destination()).isEqualTo("https://fcm.googleapis.com");
    }
  }

  private static FcmSender sender(String endpoint) {
    return FcmSender.standIn(endpoint, "test", TEXTS, JsonMapper.shared(), CLOCK);
  }

  private static List<Push> pushes(Device... devices) {
    return Stream.of(devices).map(device -> new Push(NOTICE, device)).toList();
  }

  private static Device device(String token) {
    return TestDevice.of(token, Platform.ANDROID, null);
  }
}
