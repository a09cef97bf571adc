package io.parley.user.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.common.access.ServiceTokens;
import io.parley.user.testing.Api;
import io.parley.user.testing.FakeService;
import io.parley.user.testing.UserServiceIT;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@TestPropertySource(properties = "parley.exports.read-within=6s")
class ExportIT extends UserServiceIT {

  private static final String EXPORT = "/api/v1/users/me/export";
  private static final FakeService GROUPS = new FakeService();
  private static final FakeService MESSAGES = new FakeService();
  private static final FakeService NOTIFICATIONS = new FakeService();

  @DynamicPropertySource
  static void fleet(DynamicPropertyRegistry registry) {
    registry.add("parley.fleet.group-url", GROUPS::url);
    registry.add("parley.fleet.message-url", () -> MESSAGES.url() + "/");
    registry.add("parley.fleet.notification-url", NOTIFICATIONS::url);
  }

  @AfterAll
  static void stop() {
    GROUPS.close();
    MESSAGES.close();
    NOTIFICATIONS.close();
  }

  @BeforeEach
  void allIsWell() {
    for (FakeService service : List.of(GROUPS, MESSAGES, NOTIFICATIONS)) {
      service.answers(
          exchange -> {
            assertThat(exchange.getRequestURI().getPath())
                .matches("/internal/users/[0-9a-f-]{36}/export");
            FakeService.json(exchange, "{\"n\":1.50,\"text\":\"'; -- \\ud83d\\udc69\",\"a\":[{}]}");
          });
    }
  }

  @Test
  void archiveShouldHoldEverythingAndNoSecret() throws IOException {
    SignedIn ann = registerVerified();
    SignedIn bob = register();
    SignedIn eve = register();
    as(ann).patch("/api/v1/users/me", Map.of("bio", "About Ann"));
    as(ann).put("/api/v1/contacts/" + bob.id());
    as(ann).put("/api/v1/blocks/" + eve.id());
    as(ann).send("PUT", "/api/v1/users/me/avatar", png(), Map.of("Content-Type", "image/png"));

    Api.Answer answer = as(ann).get(EXPORT);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("application/zip");
    assertThat(answer.header("cache-control")).contains("no-store");
    assertThat(answer.header("content-disposition")).contains("attachment");
    Map<String, byte[]> files = unzip(answer.bytes());
    assertThat(files.keySet())
        .containsExactly(
            "account.json",
            "sessions.json",
            "tokens.json",
            "bots.json",
            "contacts.json",
            "blocks.json",
            "audit.json",
            "avatar.png",
            "group-service.json",
            "message-service.json",
            "notification-service.json",
            "manifest.json");
    assertThat(json(files, "account.json").at("/account/bio").asString()).isEqualTo("About Ann");
    assertThat(json(files, "account.json").at("/account/email").asString()).isEqualTo(email(ann));
    assertThat(json(files, "contacts.json").at("/0/username").asString()).isEqualTo(bob.username());
    assertThat(json(files, "blocks.json").at("/0/username").asString()).isEqualTo(eve.username());
    assertThat(json(files, "sessions.json")).isNotEmpty();
    assertThat(json(files, "audit.json").findValuesAsString("action")).contains("account.exported");
    assertThat(json(files, "message-service.json").get("text").asString()).isEqualTo("'; -- 👩");
    assertThat(new String(files.get("message-service.json"), StandardCharsets.UTF_8))
        .contains("1.50");
    assertThat(json(files, "manifest.json").get("files")).hasSize(11);
    assertThat(ImageIO.read(new ByteArrayInputStream(files.get("avatar.png")))).isNotNull();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      String text = new String(file.getValue(), StandardCharsets.ISO_8859_1);
      assertThat(text)
          .as(file.getKey())
          .doesNotContain("argon2", ann.accessToken(), ann.refreshToken(), PASSWORD);
    }
    assertThat(MESSAGES.authorizations())
        .anyMatch(
            authorization ->
                new ServiceTokens(SECRET, "message-service", clock)
                    .isValid(authorization.substring("Bearer ".length())));
  }

  @Test
  void largePartsShouldPassThrough() throws IOException {
    SignedIn ann = register();
    int messages = 60_000;
    MESSAGES.answers(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          OutputStream out = exchange.getResponseBody();
          out.write("{\"messages\":[".getBytes(StandardCharsets.UTF_8));
          for (int i = 0; i < messages; i++) {
            out.write(
                ((i == 0 ? "" : ",") + "{\"seq\":" + i + ",\"text\":\"" + "x".repeat(500) + "\"}")
                    .getBytes(StandardCharsets.UTF_8));
          }
          out.write("]}".getBytes(StandardCharsets.UTF_8));
        });

    Map<String, byte[]> files = unzip(as(ann).get(EXPORT).bytes());

    assertThat(json(files, "message-service.json").get("messages")).hasSize(messages);
  }

  @Test
  void archiveShouldBeMadeOnceAnHour() {
    SignedIn ann = register();

    assertThat(as(ann).get(EXPORT).status()).isEqualTo(200);
    Api.Answer again = as(ann).get(EXPORT);
    clock.forward(Duration.ofMinutes(61));

    assertThat(again.problem()).isEqualTo("429 rate-limited");
    assertThat(again.at("/limiter")).isEqualTo("export");
    assertThat(Integer.parseInt(again.header("retry-after"))).isBetween(3500, 3600);
    assertThat(as(logIn(ann)).get(EXPORT).status()).isEqualTo(200);
  }

  @Test
  void awayServicesShouldBeSaidBeforeTheFirstByte() {
    SignedIn ann = register();
    NOTIFICATIONS.answers(exchange -> exchange.sendResponseHeaders(503, -1));

    Api.Answer refused = as(ann).get(EXPORT);
    NOTIFICATIONS.answers(exchange -> FakeService.json(exchange, "{}"));

    assertThat(refused.problem()).isEqualTo("503 export-unavailable");
    assertThat(refused.header("retry-after")).isEqualTo("1");
    // It did not count.
    assertThat(as(ann).get(EXPORT).status()).isEqualTo(200);
  }

  @Test
  void silentServicesShouldBeSaidBeforeTheFirstByte() {
    SignedIn ann = register();
    GROUPS.answers(
        exchange -> {
          sleep();
          FakeService.json(exchange, "{}");
        });

    assertThat(as(ann).get(EXPORT).problem()).isEqualTo("503 export-unavailable");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"messages\":[{\"text\":\"a\"},",
        "{\"messages\":[{\"text\":\"a",
        "[]",
        "",
        "{} {}",
        "{\"a\":1}garbage",
        "<html>",
      })
  void partsThatBreakOffShouldBreakTheArchive(String part) {
    SignedIn ann = register();
    MESSAGES.answers(exchange -> FakeService.json(exchange, part));

    assertThatThrownBy(() -> as(ann).get(EXPORT)).isInstanceOf(UncheckedIOException.class);

    allIsWell();
    assertThat(as(ann).get(EXPORT).status()).isEqualTo(200);
  }

  @Test
  void partsThatAreCutOrFallSilentShouldBreakTheArchive() {
    SignedIn ann = register();
    NOTIFICATIONS.answers(
        exchange -> {
          exchange.sendResponseHeaders(200, 1000);
          exchange.getResponseBody().write("{\"a\":1}".getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
          exchange.close();
        });
    assertThatThrownBy(() -> as(ann).get(EXPORT)).isInstanceOf(UncheckedIOException.class);

    NOTIFICATIONS.answers(
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          exchange.getResponseBody().write("{\"a\":".getBytes(StandardCharsets.UTF_8));
          exchange.getResponseBody().flush();
          sleep();
        });
    assertThatThrownBy(() -> as(ann).get(EXPORT)).isInstanceOf(UncheckedIOException.class);
  }

  @Test
  void exportShouldBeForLoginsOnly() {
    assertThat(api().get(EXPORT).problem()).isEqualTo("401 unauthenticated");
    assertThat(service().get(EXPORT).problem()).isEqualTo("401 unauthenticated");
  }

  private static void sleep() {
    try {
      Thread.sleep(Duration.ofSeconds(20));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Map<String, byte[]> unzip(byte[] archive) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        files.put(entry.getName(), zip.readAllBytes());
      }
    }
    return files;
  }

  private static JsonNode json(Map<String, byte[]> files, String name) {
    return JsonMapper.shared().readTree(files.get(name));
  }

  private static byte[] png() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(20, 20, BufferedImage.TYPE_INT_RGB), "png", out);
    return out.toByteArray();
  }
}
