package io.parley.user.people;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.user.testing.Api;
import io.parley.user.testing.UserServiceIT;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class PeopleIT extends UserServiceIT {

  private static final String PRIVACY = "/api/v1/users/me/privacy";
  private static final String AUDIENCE = "/internal/users/presence-audience";

  @Test
  void profileShouldBeShownToEveryoneByDefault() {
    SignedIn ann = register();
    as(ann).patch("/api/v1/users/me", Map.of("bio", "About Ann"));

    assertThat(as(ann).get(PRIVACY).json())
        .isEqualTo(json(answered(settings("everyone", "everyone", "everyone", "everyone"))));
    assertThat(profile(register(), ann).at("/bio")).isEqualTo("About Ann");
  }

  @Test
  void profileShouldBeShownToContactsOrNobodyIfSoWanted() {
    SignedIn ann = register();
    SignedIn friend = register();
    SignedIn stranger = register();
    as(ann).patch("/api/v1/users/me", Map.of("bio", "About Ann"));
    as(ann).put("/api/v1/contacts/" + friend.id());
    // Who has Ann as a contact is not Ann's contact.
    as(stranger).put("/api/v1/contacts/" + ann.id());

    set(ann, "everyone", "contacts");
    assertThat(profile(friend, ann).at("/bio")).isEqualTo("About Ann");
    assertThat(profile(stranger, ann).json().has("bio")).isFalse();
    assertThat(profile(stranger, ann).json().has("createdAt")).isTrue();

    set(ann, "everyone", "nobody");
    assertThat(profile(friend, ann).json().has("bio")).isFalse();
    assertThat(profile(ann, ann).at("/bio")).isEqualTo("About Ann");
  }

  @Test
  void whoIsBlockedShouldSeeOnlyTheName() {
    SignedIn ann = register();
    SignedIn bob = register();
    as(ann).patch("/api/v1/users/me", Map.of("bio", "About Ann"));

    as(ann).put("/api/v1/blocks/" + bob.id());

    assertThat(profile(bob, ann).json().propertyNames())
        .containsExactlyInAnyOrder("id", "username", "displayName");
    as(bob).patch("/api/v1/users/me", Map.of("bio", "About Bob"));
    assertThat(profile(ann, bob).at("/bio")).isEqualTo("About Bob");
  }

  @Test
  void searchShouldFindThoseWhoLetThemselvesBeFound() {
    SignedIn ann = register();
    SignedIn friend = register();
    SignedIn stranger = register();
    as(ann).put("/api/v1/contacts/" + friend.id());
    as(stranger).put("/api/v1/contacts/" + ann.id());

    assertThat(found(stranger, ann.username())).containsExactly(ann.username());

    set(ann, "contacts", "everyone");
    assertThat(found(friend, ann.username())).containsExactly(ann.username());
    assertThat(found(stranger, ann.username())).isEmpty();

    set(ann, "nobody", "everyone");
    assertThat(found(friend, ann.username())).isEmpty();
    assertThat(found(ann, ann.username())).containsExactly(ann.username());
    assertThat(profile(stranger, ann).status()).isEqualTo(200);
  }

  @Test
  void searchShouldNotFindAcrossABlockEitherWay() {
    SignedIn ann = register();
    SignedIn bob = register();

    as(ann).put("/api/v1/blocks/" + bob.id());

    assertThat(found(bob, ann.username())).isEmpty();
    assertThat(found(ann, bob.username())).isEmpty();

    as(ann).delete("/api/v1/blocks/" + bob.id());

    assertThat(found(bob, ann.username())).containsExactly(ann.username());
  }

  @Test
  void searchPagesShouldNotTellOfThoseWhoAreHidden() {
    String prefix = freshName().substring(0, 16);
    List<String> shown = new ArrayList<>();
    SignedIn looker = register();
    for (int i = 0; i < 9; i++) {
      SignedIn one = register(prefix + i);
      if (i % 3 == 0) {
        shown.add(one.username());
      } else if (i % 3 == 1) {
        set(one, "nobody", "everyone");
      } else {
        as(one).put("/api/v1/blocks/" + looker.id());
      }
    }

    List<String> seen = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    String next = "";
    while (next != null) {
      JsonNode page = as(looker).get("/api/v1/users?limit=2&query=" + prefix + next).json();
      sizes.add(page.get("items").size());
      page.get("items").forEach(item -> seen.add(item.get("username").asString()));
      next = page.get("next").isNull() ? null : "&cursor=" + page.get("next").asString();
    }

    assertThat(seen).isEqualTo(shown);
    assertThat(sizes).containsExactly(2, 1);
  }

  @Test
  void lookupShouldTellServicesOfBlocksBothWays() {
    SignedIn ann = register();
    SignedIn bob = register();
    SignedIn eve = register();
    as(ann).put("/api/v1/blocks/" + bob.id());
    as(eve).put("/api/v1/blocks/" + ann.id());
    List<String> ids = List.of(ann.id(), bob.id(), eve.id());

    assertThat(blocked(ids, ann)).containsExactlyInAnyOrder(bob.id(), eve.id());
    assertThat(blocked(ids, bob)).containsExactly(ann.id());
    assertThat(
            service()
                .post("/internal/users/lookup", Map.of("ids", ids))
                .json()
                .at("/items/0")
                .has("blocked"))
        .isFalse();
    assertThat(
            service().post("/internal/users/lookup", Map.of("ids", ids, "viewer", "x")).problem())
        .isEqualTo("400 invalid-request");
    assertThat(
            service()
                .post(
                    "/internal/users/lookup",
                    Map.of("ids", ids, "viewer", UUID.randomUUID().toString()))
                .json()
                .get("items"))
        .hasSize(3);
  }

  @Test
  void readReceiptsShouldBeOnUntilSwitchedOffAndBeToldToServices() {
    SignedIn ann = register();
    assertThat(as(ann).get(PRIVACY).json().get("readReceipts").asBoolean()).isTrue();
    assertThat(readReceipts(ann)).isTrue();

    String off = "{\"discoverable\":\"everyone\",\"profile\":\"everyone\",\"readReceipts\":false}";
    assertThat(as(ann).put(PRIVACY, off).json().get("readReceipts").asBoolean()).isFalse();
    assertThat(readReceipts(ann)).isFalse();

    // A client that does not know of it switches nothing on.
    Map<String, String> some = Map.of("discoverable", "nobody", "profile", "everyone");
    assertThat(as(ann).put(PRIVACY, some).json().get("readReceipts").asBoolean()).isFalse();

    as(ann).put(PRIVACY, off.replace("false", "true"));
    assertThat(readReceipts(ann)).isTrue();
  }

  private boolean readReceipts(SignedIn user) {
    return service()
        .post("/internal/users/lookup", Map.of("ids", List.of(user.id())))
        .json()
        .at("/items/0/readReceipts")
        .asBoolean();
  }

  @Test
  void presenceSettingsShouldStayWhereTheyAreLeftOut() {
    SignedIn ann = register();
    Map<String, String> all = settings("everyone", "contacts", "contacts", "nobody");

    assertThat(as(ann).put(PRIVACY, all).json()).isEqualTo(json(answered(all)));
    Map<String, String> some = Map.of("discoverable", "nobody", "profile", "everyone");

    assertThat(as(ann).put(PRIVACY, some).json())
        .isEqualTo(json(answered(settings("nobody", "everyone", "contacts", "nobody"))));
  }

  @Test
  void presenceShouldBeForThoseTheSettingNamesAndAcrossNoBlock() {
    SignedIn ann = register();
    SignedIn friend = register();
    SignedIn stranger = register();
    SignedIn blocked = register();
    SignedIn blocker = register();
    as(ann).put("/api/v1/contacts/" + friend.id());
    as(stranger).put("/api/v1/contacts/" + ann.id());
    as(ann).put("/api/v1/blocks/" + blocked.id());
    as(blocker).put("/api/v1/blocks/" + ann.id());
    List<SignedIn> all = List.of(ann, friend, stranger, blocked, blocker);

    assertThat(seeing(ann, all))
        .isEqualTo(Map.of(ann.id(), true, friend.id(), true, stranger.id(), true));

    as(ann).put(PRIVACY, settings("everyone", "everyone", "everyone", "contacts"));
    assertThat(seeing(ann, all))
        .isEqualTo(Map.of(ann.id(), true, friend.id(), true, stranger.id(), false));

    as(ann).put(PRIVACY, settings("everyone", "everyone", "contacts", "nobody"));
    assertThat(seeing(ann, all)).isEqualTo(Map.of(ann.id(), true, friend.id(), false));

    as(ann).put(PRIVACY, settings("everyone", "everyone", "nobody", "everyone"));
    assertThat(seeing(ann, all)).isEqualTo(Map.of(ann.id(), true));
  }

  @Test
  void presenceOfThoseWhoDoNotExistShouldBeForNobody() {
    SignedIn ann = register();
    String nobody = UUID.randomUUID().toString();
    Map<String, String> look = Map.of("viewer", ann.id(), "owner", nobody);

    assertThat(service().post(AUDIENCE, Map.of("looks", List.of(look))).json().get("items"))
        .isEmpty();
    assertThat(
            service().post(AUDIENCE, Map.of("looks", List.of(Map.of("viewer", nobody)))).problem())
        .isEqualTo("400 invalid-request");
    assertThat(as(ann).post(AUDIENCE, Map.of("looks", List.of())).problem())
        .isEqualTo("401 unauthenticated");
  }

  /** Who may see the owner's presence, and whether when the owner was last online as well. */
  private Map<String, Boolean> seeing(SignedIn owner, List<SignedIn> viewers) {
    List<Map<String, String>> looks =
        viewers.stream().map(v -> Map.of("viewer", v.id(), "owner", owner.id())).toList();
    Map<String, Boolean> seeing = new HashMap<>();
    for (JsonNode look : service().post(AUDIENCE, Map.of("looks", looks)).json().get("items")) {
      assertThat(look.get("owner").asString()).isEqualTo(owner.id());
      seeing.put(look.get("viewer").asString(), look.get("lastSeen").asBoolean());
    }
    return seeing;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"discoverable\":\"everyone\"}",
        "{\"discoverable\":null,\"profile\":\"everyone\"}",
        "{\"discoverable\":\"EVERYONE\",\"profile\":\"everyone\"}",
        "{\"discoverable\":\"friends\",\"profile\":\"everyone\"}",
        "{\"discoverable\":0,\"profile\":\"everyone\"}",
        "{\"discoverable\":true,\"profile\":\"everyone\"}",
        "{\"discoverable\":\"everyone\",\"profile\":\"everyone\",\"more\":1}",
        "{\"discoverable\":\"everyone\",\"profile\":\"everyone\",\"presence\":\"friends\"}",
        "{\"discoverable\":\"everyone\",\"profile\":\"everyone\",\"lastSeen\":1}",
        "{\"discoverable\":\"everyone\",\"profile\":\"everyone\",\"readReceipts\":\"off\"}",
        "{\"discoverable\":\"everyone\",\"profile\":\"everyone\",\"readReceipts\":1}",
        "[]",
        "",
      })
  void privacyShouldRefuse(String body) {
    assertThat(as(register()).put(PRIVACY, body).problem()).isEqualTo("400 invalid-request");
  }

  @Test
  void privacyShouldBeForUsers() {
    assertThat(api().get(PRIVACY).problem()).isEqualTo("401 unauthenticated");
    assertThat(service().get(PRIVACY).problem()).isEqualTo("401 unauthenticated");
  }

  private void set(SignedIn user, String discoverable, String profile) {
    Map<String, String> command = Map.of("discoverable", discoverable, "profile", profile);
    Map<String, String> settings = settings(discoverable, profile, "everyone", "everyone");
    Api.Answer answer = as(user).put(PRIVACY, command);
    assertThat(answer.json()).isEqualTo(json(answered(settings)));
    assertThat(as(user).get(PRIVACY).json()).isEqualTo(json(answered(settings)));
  }

  /** As they are answered. */
  private static Map<String, Object> answered(Map<String, String> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put("readReceipts", true);
    return all;
  }

  private static Map<String, String> settings(
      String discoverable, String profile, String presence, String lastSeen) {
    return Map.of(
        "discoverable",
        discoverable,
        "profile",
        profile,
        "presence",
        presence,
        "lastSeen",
        lastSeen);
  }

  private Api.Answer profile(SignedIn viewer, SignedIn user) {
    return as(viewer).get("/api/v1/users/" + user.id());
  }

  private List<String> found(SignedIn viewer, String query) {
    return as(viewer)
        .get("/api/v1/users?query=" + query)
        .json()
        .get("items")
        .valueStream()
        .map(item -> item.get("username").asString())
        .toList();
  }

  @Test
  void servicesShouldFindPeopleByTheirUsernames() {
    SignedIn ann = register();
    SignedIn bob = register();
    set(bob, "nobody", "nobody");
    String path = "/internal/users/by-username";
    JsonNode found =
        service()
            .post(
                path,
                Map.of(
                    "usernames",
                    List.of(ann.username(), bob.username(), ann.username(), freshName(), "", "%")))
            .json()
            .get("items");
    assertThat(
            found
                .valueStream()
                .map(item -> item.get("id").asString() + item.get("username").asString())
                .toList())
        .containsExactlyInAnyOrder(ann.id() + ann.username(), bob.id() + bob.username());
    assertThat(service().post(path, Map.of("usernames", List.of())).json().get("items")).isEmpty();
    for (Object wrong :
        List.of(
            Map.of(),
            Map.of("usernames", List.of("x".repeat(33))),
            Map.of("usernames", Collections.nCopies(501, "ann")),
            Map.of("usernames", "ann"))) {
      assertThat(service().post(path, wrong).problem()).isEqualTo("400 invalid-request");
    }
    assertThat(as(ann).post(path, Map.of("usernames", List.of())).status()).isEqualTo(401);
  }

  private List<String> blocked(List<String> ids, SignedIn viewer) {
    return service()
        .post("/internal/users/lookup", Map.of("ids", ids, "viewer", viewer.id()))
        .json()
        .get("items")
        .valueStream()
        .filter(item -> item.get("blocked").asBoolean())
        .map(item -> item.get("id").asString())
        .toList();
  }

  private static JsonNode json(Map<String, ?> value) {
    return tools.jackson.databind.json.JsonMapper.shared().valueToTree(value);
  }
}
