package io.parley.notification.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.device.Device;
import io.parley.notification.device.Platform;
import io.parley.notification.fakefcm.FakeFcm;
import io.parley.notification.push.Notice.Kind;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What FCM gets, as the fake one has read it. */
class FcmMessagesTest {

  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-03-01T10:00:00Z"), ZoneOffset.UTC);
  private static final String CONVERSATION = "00000000-0000-0000-0000-000000000007";
  private static final Words WORDS = new Words("Hikers", "Ann", "Hello");

  @Test
  void aRingShouldBeHeardOnAndroid() throws Exception {
    JsonNode message = sent(notice(Kind.RING, WORDS, true), Platform.ANDROID, "de");

    assertThat(message.at("/notification/title").asString())
        .isEqualTo("\u2068Ann\u2069 · \u2068Hikers\u2069");
    assertThat(message.at("/notification/body").asString()).isEqualTo("Hello");
    JsonNode android = message.get("android");
    assertThat(android.at("/priority").asString()).isEqualTo("high");
    assertThat(android.at("/collapse_key").asString()).isEqualTo(CONVERSATION);
    assertThat(android.at("/notification/tag").asString()).isEqualTo(CONVERSATION);
    assertThat(android.at("/notification/sound").asString()).isEqualTo("default");
    assertThat(android.at("/notification/notification_count").asInt()).isEqualTo(12);
    assertThat(android.has("ttl")).isFalse();
    assertThat(message.has("apns")).isFalse();
    assertThat(message.has("webpush")).isFalse();
  }

  @Test
  void aRingShouldBeHeardOnIos() throws Exception {
    JsonNode message = sent(notice(Kind.RING, WORDS, true), Platform.IOS, null);

    assertThat(message.at("/notification/body").asString()).isEqualTo("Hello");
    JsonNode headers = message.at("/apns/headers");
    assertThat(headers.at("/apns-priority").asString()).isEqualTo("10");
    assertThat(headers.at("/apns-push-type").asString()).isEqualTo("alert");
    assertThat(headers.at("/apns-collapse-id").asString()).isEqualTo(CONVERSATION);
    JsonNode aps = message.at("/apns/payload/aps");
    assertThat(aps.at("/sound").asString()).isEqualTo("default");
    assertThat(aps.at("/badge").asInt()).isEqualTo(12);
    assertThat(aps.at("/thread-id").asString()).isEqualTo(CONVERSATION);
  }

  @Test
  void aRingShouldBeHeardInBrowsers() throws Exception {
    JsonNode message = sent(notice(Kind.RING, WORDS, true), Platform.WEB, "fr-CA");

    assertThat(message.at("/webpush/headers/Urgency").asString()).isEqualTo("high");
    assertThat(message.at("/webpush/headers/Topic").asString())
        .isEqualTo(CONVERSATION.replace("-", ""));
    JsonNode notification = message.at("/webpush/notification");
    assertThat(notification.at("/tag").asString()).isEqualTo(CONVERSATION);
    assertThat(notification.at("/renotify").asBoolean()).isTrue();
    assertThat(notification.at("/silent").asBoolean()).isFalse();
    assertThat(notification.at("/lang").asString()).isEqualTo("fr");
  }

  @ParameterizedTest
  @EnumSource(Platform.class)
  void everyPushShouldCarryWhatAnAppNeeds(Platform platform) throws Exception {
    for (Kind kind : Kind.values()) {
      JsonNode data = sent(notice(kind, WORDS, true), platform, null).get("data");

      assertThat(data.at("/kind").asString()).isEqualTo(kind.name());
      assertThat(data.at("/conversationId").asString()).isEqualTo(CONVERSATION);
      assertThat(data.at("/conversationKind").asString()).isEqualTo("GROUP");
      assertThat(data.at("/seq").asString()).isEqualTo("41");
      assertThat(data.at("/messageId").asString()).isEqualTo("message");
      assertThat(data.at("/tag").asString()).isEqualTo(CONVERSATION);
      assertThat(data.at("/badge").asString()).isEqualTo("12");
      assertThat(data.at("/mention").asString()).isEqualTo("false");
      assertThat(data.at("/sentAt").asString()).isEqualTo("2026-03-01T09:59:00Z");
    }
  }

  @ParameterizedTest
  @CsvSource({"ANDROID, normal", "IOS, 5", "WEB, normal"})
  void whatIsNotUrgentShouldWakeNobody(Platform platform, String priority) throws Exception {
    for (Notice notice :
        List.of(
            notice(Kind.RING, WORDS, false),
            notice(Kind.UPDATE, WORDS, true),
            notice(Kind.WITHDRAW, null, true))) {
      JsonNode message = sent(notice, platform, null);
      String found =
          switch (platform) {
            case ANDROID -> message.at("/android/priority").asString();
            case IOS -> message.at("/apns/headers/apns-priority").asString();
            case WEB -> message.at("/webpush/headers/Urgency").asString();
          };
      assertThat(found).as(notice.kind().name()).isEqualTo(priority);
    }
  }

  @Test
  void anUpdateShouldBeShownInSilence() throws Exception {
    Notice update = notice(Kind.UPDATE, WORDS, true);

    JsonNode android = sent(update, Platform.ANDROID, null);
    assertThat(android.has("notification")).isFalse();
    assertThat(android.at("/android").has("notification")).isFalse();
    assertThat(android.at("/data/title").asString()).contains("Ann");
    assertThat(android.at("/data/body").asString()).isEqualTo("Hello");
    JsonNode ios = sent(update, Platform.IOS, null);
    assertThat(ios.at("/notification/body").asString()).isEqualTo("Hello");
    assertThat(ios.at("/apns/payload/aps").has("sound")).isFalse();
    assertThat(ios.at("/apns/payload/aps/interruption-level").asString()).isEqualTo("passive");
    assertThat(ios.at("/apns/payload/aps/badge").asInt()).isEqualTo(12);
    JsonNode web = sent(update, Platform.WEB, null);
    assertThat(web.at("/webpush/notification/silent").asBoolean()).isTrue();
    assertThat(web.at("/webpush/notification/renotify").asBoolean()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Platform.class)
  void aWithdrawalShouldShowNothing(Platform platform) throws Exception {
    JsonNode message = sent(notice(Kind.WITHDRAW, WORDS, true), platform, null);

    assertThat(message.has("notification")).isFalse();
    assertThat(message.toString()).doesNotContain("Hello", "Ann", "Hikers");
    switch (platform) {
      case ANDROID -> {
        assertThat(message.at("/android").has("notification")).isFalse();
        assertThat(message.at("/android/collapse_key").asString()).isEqualTo(CONVERSATION);
      }
      case IOS -> {
        assertThat(message.at("/apns/headers/apns-push-type").asString()).isEqualTo("background");
        assertThat(message.at("/apns/headers/apns-collapse-id").asString()).isEqualTo(CONVERSATION);
        assertThat(message.at("/apns/payload/aps").propertyNames())
            .containsExactly("content-available");
      }
      case WEB -> {
        assertThat(message.at("/webpush").has("notification")).isFalse();
        assertThat(message.at("/webpush/headers/Topic").asString()).hasSize(32);
      }
    }
  }

  @Test
  void withoutPreviewNothingOfTheMessageShouldLeave() throws Exception {
    Words hidden = new Words("Hikers", "Ann", null);

    for (Platform platform : Platform.values()) {
      JsonNode message = sent(notice(Kind.RING, hidden, true), platform, "es");

      assertThat(message.at("/notification/title").asString()).isEqualTo("Mensaje nuevo");
      assertThat(message.get("notification").has("body")).isFalse();
      assertThat(message.toString()).doesNotContain("Ann", "Hikers");
    }
  }

  @Test
  void whatDisappearsShouldNotBeKeptForLonger() throws Exception {
    Instant until = CLOCK.instant().plus(Duration.ofHours(1));
    for (Kind kind : Kind.values()) {
      Notice notice = notice(kind, WORDS, true, until);

      assertThat(sent(notice, Platform.ANDROID, null).at("/android/ttl").asString())
          .isEqualTo("3600s");
      assertThat(sent(notice, Platform.IOS, null).at("/apns/headers/apns-expiration").asLong())
          .isEqualTo(until.getEpochSecond());
      assertThat(sent(notice, Platform.WEB, null).at("/webpush/headers/TTL").asLong())
          .isEqualTo(3_600);
    }
  }

  /** The fake FCM refuses more than 4,096 bytes, as the real one. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "é",
        "ع",
        "你",
        "ह",
        "😀",
        "👩‍👩‍👧",
        "e\u0301\u0302",
        "\"",
        "\\",
        "\n",
        "<",
        "\u0001"
      })
  void noScriptShouldMakeAPushTooLongForFcm(String character) throws Exception {
    Words words = new Words(character.repeat(400), character.repeat(400), character.repeat(400));
    for (Platform platform : Platform.values()) {
      for (Kind kind : Kind.values()) {
        sent(notice(kind, words, true, CLOCK.instant().plusSeconds(1)), platform, "ar");
      }
    }
  }

  private static Notice notice(Kind kind, @Nullable Words words, boolean urgent) {
    return notice(kind, words, urgent, null);
  }

  private static Notice notice(
      Kind kind, @Nullable Words words, boolean urgent, @Nullable Instant expiresAt) {
    return new Notice(
        ConversationId.valueOf(CONVERSATION),
        "GROUP",
        41,
        "message",
        new UserId(new UUID(0, 1)),
        Instant.parse("2026-03-01T09:59:00Z"),
        kind,
        words,
        urgent,
        12,
        false,
        expiresAt);
  }

  /** The message as FCM took it. */
  private static JsonNode sent(Notice notice, Platform platform, @Nullable String locale)
      throws Exception {
    try (FakeFcm fcm = new FakeFcm(0);
        FcmSender sender =
            FcmSender.standIn(fcm.endpoint(), "test", new PushTexts(), JSON, CLOCK)) {
      Device device = TestDevice.of("t".repeat(180), platform, locale);

      PushResult result = sender.send(List.of(new Push(notice, device))).getFirst();

      assertThat(result.outcome()).as(result.toString()).isEqualTo(Outcome.SENT);
      return pushes(fcm).at("/items/0/message");
    }
  }

  private static JsonNode pushes(FakeFcm fcm) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return JSON.readTree(
          http.send(
                  HttpRequest.newBuilder(URI.create(fcm.endpoint() + "/pushes")).build(),
                  HttpResponse.BodyHandlers.ofString())
              .body());
    }
  }
}
