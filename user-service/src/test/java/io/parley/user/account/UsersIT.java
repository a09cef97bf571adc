package io.parley.user.account;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.access.ServiceTokens;
import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class UsersIT extends UserServiceIT {

  private static final String USERS = "/api/v1/users";
  private static final String LOOKUP = "/internal/users/lookup";

  @Test
  void getShouldShowOthersWithoutTheirEmail() {
    SignedIn ann = register();
    SignedIn bob = register();

    Api.Answer answer = as(ann).get(USERS + "/" + bob.id());

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().propertyNames())
        .containsExactlyInAnyOrder("id", "username", "displayName", "createdAt");
  }

  @Test
  void getShouldRefuseUnknownAndMalformedIds() {
    Api ann = as(register());

    assertThat(ann.get(USERS + "/" + UUID.randomUUID()).problem()).isEqualTo("404 not-found");
    assertThat(ann.get(USERS + "/1-1-1-1-1").problem()).isEqualTo("400 invalid-request");
    assertThat(ann.get(USERS + "/nobody").problem()).isEqualTo("400 invalid-request");
    Api.Answer capitals =
        ann.get(USERS + "/" + UUID.randomUUID().toString().toUpperCase(Locale.ROOT));
    assertThat(capitals.problem()).isEqualTo("400 invalid-request");
    assertThat(capitals.at("/detail")).isEqualTo("id: ids are lower case");
    assertThat(ann.get("/api/v1/nothing").problem()).isEqualTo("404 not-found");
    assertThat(ann.send("DELETE", USERS + "/me", null, "application/json").problem())
        .isEqualTo("405 method-not-allowed");
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "Ünal 李 عربي,Ünal 李 عربي",
        "Zalgo: Z̸̡̢͝a,Zalgo: Z̸̡̢͝a",
        "𝕳𝖊𝖑𝖑𝖔 𠜎𠜱𠝹,Hello 𠜎𠜱𠝹",
        "<script>alert(1)</script>,<script>alert(1)</script>",
        "%s%n${jndi:ldap://x}{{7*7}},%s%n${jndi:ldap://x}{{7*7}}",
        "e\u0301 is not e,\u00e9 is not e",
        "  Ann\u00a0\u3000 Miller ,Ann Miller",
        "👩‍🚀 Ann,👩‍🚀 Ann",
      })
  void updateShouldKeepTextAsANickname(String given, String kept) {
    SignedIn ann = register();

    Api.Answer changed = as(ann).patch(USERS + "/me", Map.of("displayName", given));

    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.at("/displayName")).isEqualTo(kept);
    assertThat(as(ann).get(USERS + "/" + ann.id()).at("/displayName")).isEqualTo(kept);
    assertThat(found(as(ann), given)).contains(ann.username());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u202eright to left override",
        "Ann\u202e",
        "zero\u200bwidth",
        "byte order\ufeff",
        "\u200b",
        "\u3164",
        "\u2800",
        "\u2066isolated\u2069",
        "Z\u0301\u0301\u0301\u0301\u0301",
        "ﷺﷺﷺﷺﷺ",
      })
  void namesThatHideSomethingShouldBeRefused(String displayName) {
    SignedIn ann = register();

    assertThat(as(ann).patch(USERS + "/me", Map.of("displayName", displayName)).problem())
        .isEqualTo("400 invalid-request");
    Map<String, Object> command = new HashMap<>(registration(freshName()));
    command.put("displayName", displayName);
    assertThat(api().post("/api/v1/auth/register", command).problem())
        .isEqualTo("400 invalid-request");
    command.put("displayName", "Ann");
    command.put("deviceName", displayName);
    assertThat(api().post("/api/v1/auth/register", command).problem())
        .isEqualTo("400 invalid-request");
    assertThat(
            as(ann)
                .post("/api/v1/bots", Map.of("username", freshName(), "displayName", displayName))
                .problem())
        .isEqualTo("400 invalid-request");
  }

  @Test
  void updateShouldChangeOnlyWhatItNames() {
    SignedIn ann = register();

    assertThat(as(ann).patch(USERS + "/me", "{}").at("/displayName")).isEqualTo("Somebody");
    assertThat(as(ann).patch(USERS + "/me", "{\"displayName\":\"\"}").problem())
        .isEqualTo("400 invalid-request");
    assertThat(as(ann).patch(USERS + "/me", "{\"username\":\"other\"}").problem())
        .isEqualTo("400 invalid-request");
    assertThat(api().patch(USERS + "/me", "{}").problem()).isEqualTo("401 unauthenticated");
  }

  @Test
  void searchShouldFindPrefixesOfBothNamesInAnyCase() {
    String name = freshName();
    SignedIn ann = register(name);
    as(ann).patch(USERS + "/me", Map.of("displayName", "Ünal " + name));

    assertThat(found(as(ann), name.substring(0, 12).toUpperCase(Locale.ROOT)))
        .containsExactly(name);
    assertThat(found(as(ann), "üNAL " + name)).containsExactly(name);
    assertThat(found(as(ann), name.substring(1))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "benoit, Benoît Dupont",
    "BENOÎT, Benoit Dupont",
    "dupont, Benoît Dupont",
    "du be, Benoît Dupont",
    "lukasz, Łukasz",
    "ipek, İpek",
    "strasser, Straßer",
    "ΟΔΥΣ, ΟΔΥΣΣΕΑΣ",
    "οδυς, Οδυσσέας",
    "marie, Anne-Marie",
    "太郎, 山田太郎",
    "o'b, Seán O'Brien"
  })
  void searchShouldFindAnyWordOfANameHoweverItIsSpelt(String query, String displayName) {
    String name = freshName();
    SignedIn ann = register(name);
    as(ann).patch(USERS + "/me", Map.of("displayName", displayName + " " + name));

    assertThat(found(as(ann), query + " " + name)).containsExactly(name);
    assertThat(found(as(ann), "x" + query + " " + name)).isEmpty();
  }

  @Test
  void searchShouldFindNothingForNothing() {
    assertThat(found(as(register()), "\u0301")).isEmpty();
    assertThat(found(as(register()), "' & '")).isEmpty();
    assertThat(found(as(register()), "\\' | :* !")).isEmpty();
  }

  @Test
  void searchShouldTakeWildcardsForWhatTheyAre() {
    String name = freshName();
    SignedIn ann = register(name);
    as(ann).patch(USERS + "/me", Map.of("displayName", "100%_\\ " + name));

    assertThat(found(as(ann), "100%_\\ " + name)).containsExactly(name);
    assertThat(found(as(ann), "1%" + name)).isEmpty();
    assertThat(found(as(ann), "%")).doesNotContain(name);
    // Of words only letters and digits count.
    assertThat(found(as(ann), name.substring(0, 10) + "_")).containsExactly(name);
  }

  @Test
  void searchShouldPageThroughAllInOrder() {
    String prefix = freshName().substring(0, 16);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      names.add(register(prefix + i).username());
    }
    Api api = as(register());

    List<String> seen = new ArrayList<>();
    String next = "";
    while (next != null) {
      Api.Answer page = api.get(USERS + "?limit=3&query=" + prefix + next);
      page.json().get("items").forEach(item -> seen.add(item.get("username").asString()));
      JsonNode cursor = page.json().get("next");
      next = cursor.isNull() ? null : "&cursor=" + cursor.asString();
    }

    assertThat(seen).isEqualTo(names);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?query=",
        "?query=%20",
        "?query=a%00b",
        "?query=a&limit=0",
        "?query=a&limit=101",
        "?query=a&limit=ten",
        "?query=a&cursor=%25",
        "?query=a&cursor=AAAA",
        "?query=a&cursor=JycnJycn",
      })
  void searchShouldRefuseBadParameters(String query) {
    assertThat(as(register()).get(USERS + query).problem()).isEqualTo("400 invalid-request");
  }

  @Test
  void lookupShouldFindThoseThatExist() {
    SignedIn ann = register();
    SignedIn bob = register();

    Api.Answer answer =
        service("user-service")
            .post(
                LOOKUP,
                Map.of("ids", List.of(ann.id(), UUID.randomUUID().toString(), bob.id(), ann.id())));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().get("items").valueStream().map(item -> item.get("id").asString()))
        .containsExactlyInAnyOrder(ann.id(), bob.id());
    assertThat(service("user-service").post(LOOKUP, "{\"ids\":[]}").json().at("/items")).isEmpty();
  }

  @Test
  void lookupShouldRefuseBadQuestions() {
    String id = UUID.randomUUID().toString();

    assertThat(
            service("user-service")
                .post(LOOKUP, Map.of("ids", Collections.nCopies(1001, id)))
                .problem())
        .isEqualTo("400 invalid-request");
    for (String body :
        List.of("{}", "{\"ids\":null}", "{\"ids\":[null]}", "{\"ids\":[\"x\"]}", "{\"ids\":[1]}")) {
      assertThat(service("user-service").post(LOOKUP, body).problem())
          .isEqualTo("400 invalid-request");
    }
  }

  @Test
  void internalCallsShouldBeForServicesOnly() {
    SignedIn ann = register();
    String body = "{\"ids\":[]}";

    assertThat(api().post(LOOKUP, body).problem()).isEqualTo("401 unauthenticated");
    assertThat(as(ann).post(LOOKUP, body).problem()).isEqualTo("401 unauthenticated");
    assertThat(service("group-service").post(LOOKUP, body).problem())
        .isEqualTo("401 unauthenticated");
    assertThat(service("user-service").get(USERS + "/me").problem())
        .isEqualTo("401 unauthenticated");
  }

  /** Some service that calls the one named. */
  private Api service(String audience) {
    return api()
        .withAuthorization(new ServiceTokens(SECRET, "group-service", clock).bearer(audience));
  }

  private static List<String> found(Api api, String query) {
    Api.Answer answer =
        api.get(USERS + "?limit=100&query=" + URLEncoder.encode(query, StandardCharsets.UTF_8));
    assertThat(answer.status()).isEqualTo(200);
    return answer
        .json()
        .get("items")
        .valueStream()
        .map(item -> item.get("username").asString())
        .toList();
  }
}
