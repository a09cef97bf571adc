package io.parley.user.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileIT extends UserServiceIT {

  private static final String ME = "/api/v1/users/me";

  @Test
  void updateShouldKeepWhatItDoesNotName() {
    Api ann = as(register());

    assertThat(
            ann.patch(
                    ME, Map.of("bio", "Line\nline", "locale", "de-ch", "timeZone", "Europe/Zurich"))
                .status())
        .isEqualTo(200);
    Api.Answer answer = ann.patch(ME, "{\"displayName\":\"Ann\",\"bio\":null}");

    assertThat(answer.at("/displayName")).isEqualTo("Ann");
    assertThat(answer.at("/bio")).isEqualTo("Line\nline");
    assertThat(answer.at("/locale")).isEqualTo("de-CH");
    assertThat(answer.at("/timeZone")).isEqualTo("Europe/Zurich");
    assertThat(ann.get(ME).json()).isEqualTo(answer.json());
  }

  @Test
  void updateShouldTakeAwayWhatIsEmpty() {
    Api ann = as(register());
    ann.patch(ME, Map.of("bio", "x", "locale", "en", "timeZone", "UTC"));

    Api.Answer answer = ann.patch(ME, Map.of("bio", "", "locale", "", "timeZone", ""));

    assertThat(answer.json().get("bio").isNull()).isTrue();
    assertThat(answer.json().get("locale").isNull()).isTrue();
    assertThat(answer.json().get("timeZone").isNull()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "en, en",
    "EN-us, en-US",
    "zh-hant-tw, zh-Hant-TW",
    "sr-Latn, sr-Latn",
    "de-CH-1996, de-CH-1996",
    "ar-u-nu-latn, ar-u-nu-latn",
  })
  void updateShouldKeepLocalesInTheirCanonicalForm(String given, String kept) {
    assertThat(as(register()).patch(ME, Map.of("locale", given)).at("/locale")).isEqualTo(kept);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"locale\":\"english please\"}",
        "{\"locale\":\"en_US\"}",
        "{\"locale\":\"e\"}",
        "{\"locale\":\"und\"}",
        "{\"locale\":\"x-private\"}",
        "{\"locale\":\"en-aaaaaaaa-bbbbbbbb-cccccccc-dddddddd-eeeeeeee\"}",
        "{\"locale\":1}",
        "{\"timeZone\":\"Mars/Olympus\"}",
        "{\"timeZone\":\"+02:00\"}",
        "{\"timeZone\":\"europe/zurich\"}",
        "{\"timeZone\":\"../../etc/passwd\"}",
        "{\"timeZone\":[]}",
        "{\"bio\":\"a\\u0000b\"}",
        "{\"bio\":\"a\\u001bb\"}",
        "{\"bio\":\"\\ud800\"}",
        "{\"bio\":{}}",
        "{\"displayName\":\"a\\nb\"}",
        "{\"displayName\":\"   \"}",
        "{\"avatar\":\"x\"}",
        "{\"role\":\"admin\"}",
        "{\"bio\":\"a\",\"bio\":\"b\"}",
        "[]",
        "null",
        "",
      })
  void updateShouldRefuse(String body) {
    assertThat(as(register()).patch(ME, body).problem()).isEqualTo("400 invalid-request");
  }

  @Test
  void bioShouldCountCharactersOfAnyPlane() {
    Api ann = as(register());

    assertThat(ann.patch(ME, Map.of("bio", "𠜎".repeat(500))).status()).isEqualTo(200);
    assertThat(ann.patch(ME, Map.of("bio", "𠜎".repeat(501))).problem())
        .isEqualTo("400 invalid-request");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'; DROP TABLE accounts; --",
        "<img src=x onerror=alert(1)>",
        "${jndi:ldap://x}{{7*7}}%s%n",
        "\u202eoverride \u200b\ufeff",
        "Z̸̡̢͝a̶̛l̵g̷o̴",
        "👩‍🚀 عربي 𝕳",
      })
  void bioShouldBeKeptByteForByte(String bio) {
    assertThat(as(register()).patch(ME, Map.of("bio", bio)).at("/bio")).isEqualTo(bio);
  }

  @Test
  void ofTwoEditorsTheSecondShouldBeToldThatItChanged() {
    Api ann = as(register());
    String tag = ann.get(ME).header("etag");

    Api.Answer first = patch(ann, "{\"bio\":\"first\"}", tag);
    Api.Answer second = patch(ann, "{\"bio\":\"second\"}", tag);

    assertThat(first.status()).isEqualTo(200);
    assertThat(second.problem()).isEqualTo("412 precondition-failed");
    assertThat(ann.get(ME).at("/bio")).isEqualTo("first");
    assertThat(ann.get(ME).header("etag")).isEqualTo(first.header("etag")).isNotEqualTo(tag);
    assertThat(patch(ann, "{\"bio\":\"third\"}", "\"other\", " + first.header("etag")).status())
        .isEqualTo(200);
    assertThat(patch(ann, "{\"bio\":\"fourth\"}", "*").status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"\"", "garbage", "W/\"x\"", "\"unclosed", ",,,", "'"})
  void ifMatchShouldNotMatchGarbage(String ifMatch) {
    assertThat(patch(as(register()), "{\"bio\":\"x\"}", ifMatch).problem())
        .isEqualTo("412 precondition-failed");
  }

  @Test
  void ofEditorsAtOnceOnlyOneShouldWin() throws Exception {
    Api ann = as(register());
    String tag = ann.get(ME).header("etag");
    List<Future<Integer>> answers = new ArrayList<>();

    try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
      for (int i = 0; i < 6; i++) {
        String body = "{\"bio\":\"" + i + "\"}";
        answers.add(threads.submit(() -> patch(ann, body, tag).status()));
      }
    }

    List<Integer> statuses = new ArrayList<>();
    for (Future<Integer> answer : answers) {
      statuses.add(answer.get());
    }
    assertThat(statuses).containsOnlyOnce(200).containsOnly(200, 412);
  }

  @Test
  void getShouldNotSendWhatIsKnown() {
    Api ann = as(register());
    Api.Answer first = ann.get(ME);

    Api.Answer again =
        ann.send("GET", ME, new byte[0], Map.of("If-None-Match", first.header("etag")));

    assertThat(again.status()).isEqualTo(304);
    assertThat(again.bytes()).isEmpty();
    assertThat(first.header("cache-control")).contains("private");
  }

  private static Api.Answer patch(Api api, String body, @Nullable String ifMatch) {
    return api.send(
        "PATCH",
        ME,
        body.getBytes(StandardCharsets.UTF_8),
        Map.of("Content-Type", "application/json", "If-Match", String.valueOf(ifMatch)));
  }
}
