package io.parley.group.invitations;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.group.testing.Api;
import io.parley.group.testing.GroupServiceIT;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class InvitationsIT extends GroupServiceIT {

  private static final String OWN = "/api/v1/invitations";

  private final String ann = USERS.newUser();
  private final String bob = USERS.newUser();
  private final String eve = USERS.newUser();

  @Test
  void aLinkShouldLetInWhoeverHasIt() {
    String group = group(ann);
    String token = link(ann, group, Map.of("role", "moderator")).at("/token");

    Api.Answer preview = as(bob).post(OWN + "/links/preview", token(token));
    assertThat(preview.status()).isEqualTo(200);
    assertThat(preview.at("/name")).isEqualTo("Group");
    assertThat(preview.at("/role")).isEqualTo("moderator");
    assertThat(preview.json().get("memberCount").asInt()).isEqualTo(1);
    assertThat(preview.json().get("member").asBoolean()).isFalse();
    assertThat(stored(group)).hasSize(1);

    Api.Answer joined = as(bob).post(OWN + "/links/redeem", token(token));
    assertThat(joined.status()).isEqualTo(201);
    assertThat(joined.at("/status")).isEqualTo("joined");
    assertThat(stored(group)).contains(bob + " moderator");
    assertThat(as(bob).post(OWN + "/links/redeem", token(token)).status()).isEqualTo(200);
    assertThat(as(ann).get(links(group)).json().at("/items/0/uses").asInt()).isEqualTo(1);
  }

  @Test
  void theTokenShouldBeShownOnceAndStoredNowhere() {
    String group = group(ann);
    Map<String, Object> command = Map.of("maxUses", 5);
    Api.Answer made = as(ann).post(links(group), command, "key");
    String token = made.at("/token");

    assertThat(token).hasSize(43);
    assertThat(as(ann).get(links(group)).text()).doesNotContain(token, "token");
    assertThat(as(ann).post(links(group), command, "key").at("/token")).isEqualTo(token);
    assertThat(
            database
                .sql(
                    "SELECT l::text FROM invitation_links l UNION ALL SELECT k::text FROM idempotency_keys k")
                .query(String.class)
                .list())
        .noneMatch(row -> row.contains(token));
  }

  @Test
  void aLinkShouldEndByTimeUsesOrRevocation() {
    String group = group(ann);
    String expiring =
        link(ann, group, Map.of("expiresAt", CLOCK.instant().plusSeconds(60).toString()))
            .at("/token");
    String once = link(ann, group, Map.of("maxUses", 1)).at("/token");
    Api.Answer revoked = link(ann, group, Map.of());

    CLOCK.forward(Duration.ofSeconds(61));
    as(bob).post(OWN + "/links/redeem", token(once));
    assertThat(as(ann).delete(links(group) + "/" + revoked.at("/id")).status()).isEqualTo(204);

    for (String token : List.of(expiring, once, revoked.at("/token"))) {
      assertThat(as(eve).post(OWN + "/links/redeem", token(token)).problem())
          .isEqualTo("410 invitation-gone");
      assertThat(as(eve).post(OWN + "/links/preview", token(token)).problem())
          .isEqualTo("410 invitation-gone");
    }
    assertThat(as(ann).get(links(group)).json().get("items")).hasSize(2);
    String other = group(bob);
    assertThat(as(bob).delete(links(other) + "/" + revoked.at("/id")).problem())
        .isEqualTo("404 not-found");
  }

  @Test
  void aLinkShouldEndWithTheRightsOfItsMaker() {
    String group = group(ann, bob);
    setRole(group, bob, "ADMIN");
    String token = link(bob, group, Map.of("role", "moderator")).at("/token");

    as(ann).patch(members(group) + "/" + bob, Map.of("role", "moderator"));
    assertThat(as(eve).post(OWN + "/links/redeem", token(token)).problem())
        .isEqualTo("410 invitation-gone");
    as(ann).patch(members(group) + "/" + bob, Map.of("role", "admin"));
    assertThat(as(eve).post(OWN + "/links/redeem", token(token)).status()).isEqualTo(201);
    as(ann).delete(members(group) + "/" + bob);
    assertThat(as(USERS.newUser()).post(OWN + "/links/redeem", token(token)).problem())
        .isEqualTo("410 invitation-gone");
  }

  @ParameterizedTest
  @CsvSource({
    "OWNER,     admin,     201",
    "ADMIN,     admin,     403",
    "ADMIN,     moderator, 201",
    "MODERATOR, member,    403",
    "MEMBER,    member,    403",
  })
  void noLinkShouldGiveMoreThanItsMakerHas(String maker, String role, int status) {
    String group = group(ann, bob);
    String caller = maker.equals("OWNER") ? ann : bob;
    if (caller.equals(bob)) {
      setRole(group, bob, maker);
    }

    assertThat(as(caller).post(links(group), Map.of("role", role)).status()).isEqualTo(status);
    assertThat(as(caller).post(invitations(group), Map.of("userId", eve, "role", role)).status())
        .isEqualTo(status);
  }

  @Test
  void aLinkMayOnlyLetAsk() {
    String group = group(ann);
    String token = link(ann, group, Map.of("needsApproval", true)).at("/token");

    Api.Answer asked = as(bob).post(OWN + "/links/redeem", token(token));

    assertThat(asked.status()).isEqualTo(202);
    assertThat(asked.at("/status")).isEqualTo("requested");
    assertThat(stored(group)).hasSize(1);
    String requests = GROUPS + "/" + group + "/join-requests";
    assertThat(as(ann).get(requests).at("/items/0/userId")).isEqualTo(bob);
    assertThat(as(ann).post(requests + "/" + bob + "/approve", "").status()).isEqualTo(204);
    assertThat(stored(group)).contains(bob + " member");
  }

  @Test
  void noWayInShouldBeOpenToTheBanned() {
    String group = group(ann, bob);
    String token = link(ann, group, Map.of()).at("/token");
    as(ann).put(GROUPS + "/" + group + "/bans/" + bob, Map.of());

    assertThat(as(bob).post(OWN + "/links/preview", token(token)).problem())
        .isEqualTo("403 banned");
    assertThat(as(bob).post(OWN + "/links/redeem", token(token)).problem()).isEqualTo("403 banned");
    assertThat(as(ann).post(members(group), user(bob)).problem()).isEqualTo("403 banned");
    assertThat(as(ann).post(invitations(group), user(bob)).problem()).isEqualTo("403 banned");
  }

  @Test
  void anInvitationShouldBeAcceptedOrDeclined() {
    String group = group(ann);
    Api.Answer invited = as(ann).post(invitations(group), Map.of("userId", bob, "role", "admin"));
    assertThat(invited.status()).isEqualTo(201);
    String id = invited.at("/id");

    JsonNode mine = as(bob).get(OWN).json().at("/items/0");
    assertThat(mine.get("groupName").asString()).isEqualTo("Group");
    assertThat(mine.get("id").asString()).isEqualTo(id);
    assertThat(as(ann).get(invitations(group)).json().get("items")).hasSize(1);
    assertThat(as(eve).post(OWN + "/" + id + "/accept", "").problem()).isEqualTo("404 not-found");
    assertThat(as(eve).post(OWN + "/" + id + "/decline", "").problem()).isEqualTo("404 not-found");

    assertThat(as(bob).post(OWN + "/" + id + "/accept", "").status()).isEqualTo(201);
    assertThat(stored(group)).contains(bob + " admin");
    assertThat(as(bob).post(OWN + "/" + id + "/accept", "").problem()).isEqualTo("404 not-found");
    assertThat(as(ann).post(invitations(group), user(bob)).problem()).isEqualTo("409 conflict");

    String second = as(ann).post(invitations(group), user(eve)).at("/id");
    assertThat(as(ann).post(invitations(group), user(eve)).at("/id")).isEqualTo(second);
    assertThat(as(eve).post(OWN + "/" + second + "/decline", "").status()).isEqualTo(204);
    assertThat(as(eve).get(OWN).json().get("items")).isEmpty();
    as(ann).post(invitations(group), user(eve));
    assertThat(as(ann).delete(invitations(group) + "/" + eve).status()).isEqualTo(204);
    assertThat(as(ann).delete(invitations(group) + "/" + eve).problem()).isEqualTo("404 not-found");
  }

  @Test
  void anInvitationShouldEndByTimeAndWithItsMaker() {
    String group = group(ann, bob);
    setRole(group, bob, "ADMIN");
    String id = as(bob).post(invitations(group), user(eve)).at("/id");
    as(ann).delete(members(group) + "/" + bob);
    assertThat(as(eve).post(OWN + "/" + id + "/accept", "").problem())
        .isEqualTo("410 invitation-gone");
    String again = as(ann).post(invitations(group), user(eve)).at("/id");
    CLOCK.forward(Duration.ofDays(31));
    assertThat(as(eve).get(OWN).json().get("items")).isEmpty();
    assertThat(as(eve).post(OWN + "/" + again + "/accept", "").problem())
        .isEqualTo("410 invitation-gone");
  }

  @Test
  void invitationsShouldHonourBlocksAndUnknownUsers() {
    String group = group(ann);
    USERS.block(ann, bob);

    assertThat(as(ann).post(invitations(group), user(bob)).problem()).isEqualTo("403 blocked");
    assertThat(as(ann).post(invitations(group), user(UUID.randomUUID().toString())).problem())
        .isEqualTo("404 unknown-user");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"role\":\"owner\"}",
        "{\"role\":1}",
        "{\"maxUses\":0}",
        "{\"maxUses\":-1}",
        "{\"maxUses\":\"1\"}",
        "{\"maxUses\":9999999999}",
        "{\"expiresAt\":\"2020-01-01T00:00:00Z\"}",
        "{\"expiresAt\":\"+999999999-12-31T23:59:59Z\"}",
        "{\"needsApproval\":\"no\"}",
        "{\"x\":1}",
        "[]",
        "",
      })
  void linksShouldRefuseBadCommands(String body) {
    String group = group(ann);

    assertThat(as(ann).post(links(group), body).status()).isIn(400, 403);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"token\":null}", "{\"token\":\"x\"}", "{\"token\":1}", "[]"})
  void tokensShouldLookLikeTokens(String body) {
    assertThat(as(ann).post(OWN + "/links/redeem", body).problem())
        .isEqualTo("400 invalid-request");
    assertThat(as(ann).post(OWN + "/links/preview", token("x".repeat(43))).problem())
        .isEqualTo("404 not-found");
  }

  private Api.Answer link(String user, String group, Map<String, ?> command) {
    Api.Answer made = as(user).post(links(group), command);
    assertThat(made.status()).as(made.text()).isEqualTo(201);
    return made;
  }

  private static Map<String, String> token(String token) {
    return Map.of("token", token);
  }

  private static String links(String group) {
    return GROUPS + "/" + group + "/invitation-links";
  }

  private static String invitations(String group) {
    return GROUPS + "/" + group + "/invitations";
  }
}
