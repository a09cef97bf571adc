package io.parley.group.requests;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.group.testing.Api;
import io.parley.group.testing.GroupServiceIT;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class JoinRequestsIT extends GroupServiceIT {

  private final String ann = USERS.newUser();
  private final String bob = USERS.newUser();
  private final String eve = USERS.newUser();
  private String group = "";
  private String requests = "";

  @BeforeEach
  void makeGroup() {
    group =
        as(ann)
            .post(GROUPS, Map.of("name", "Club", "visibility", "public", "joining", "request"))
            .at("/id");
    requests = GROUPS + "/" + group + "/join-requests";
  }

  @Test
  void aRequestShouldBeApproved() {
    Api.Answer asked = as(bob).post(requests, Map.of("text", "Let me in 🙏\nplease"));

    assertThat(asked.status()).isEqualTo(201);
    assertThat(asked.at("/status")).isEqualTo("pending");
    assertThat(as(bob).get(requests + "/me").json()).isEqualTo(asked.json());
    assertThat(as(ann).get(requests).at("/items/0/text")).isEqualTo("Let me in 🙏\nplease");
    assertThat(as(bob).get(requests).problem()).isEqualTo("403 forbidden");
    assertThat(as(bob).post(requests + "/" + bob + "/approve", "").problem())
        .isEqualTo("403 forbidden");
    assertThat(as(ann).post(requests + "/" + bob + "/approve", "").status()).isEqualTo(204);
    assertThat(stored(group)).contains(bob + " member");
    assertThat(as(bob).get(requests + "/me").problem()).isEqualTo("404 not-found");
    assertThat(as(ann).post(requests + "/" + bob + "/approve", "").problem())
        .isEqualTo("404 not-found");
    assertThat(as(bob).post(requests, Map.of()).problem()).isEqualTo("409 conflict");
  }

  @Test
  void aDeclinedUserMayAskAgain() {
    as(bob).post(requests, Map.of());
    assertThat(as(ann).post(requests + "/" + bob + "/decline", "").status()).isEqualTo(204);
    assertThat(as(bob).get(requests + "/me").at("/status")).isEqualTo("declined");
    assertThat(as(ann).get(requests).json().get("items")).isEmpty();
    assertThat(as(bob).post(requests, Map.of("text", "again")).at("/status")).isEqualTo("pending");
    assertThat(as(bob).delete(requests + "/me").status()).isEqualTo(204);
    assertThat(as(bob).delete(requests + "/me").problem()).isEqualTo("404 not-found");
  }

  @Test
  void requestsShouldComeInPages() {
    List<String> asked = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      String user = USERS.newUser();
      as(user).post(requests, Map.of());
      asked.add(user);
    }
    List<String> seen = new ArrayList<>();
    String next = "";
    while (next != null) {
      JsonNode page = as(ann).get(requests + "?limit=2" + next).json();
      page.get("items").forEach(item -> seen.add(item.get("userId").asString()));
      next = page.get("next").isNull() ? null : "&cursor=" + page.get("next").asString();
    }
    assertThat(seen).isEqualTo(asked);
  }

  @Test
  void privateGroupsAndBansShouldRefuse() {
    String hidden = group(ann);
    assertThat(as(bob).post(GROUPS + "/" + hidden + "/join-requests", Map.of()).problem())
        .isEqualTo("404 not-found");
    as(eve).post(requests, Map.of());
    as(ann).put(GROUPS + "/" + group + "/bans/" + eve, Map.of());
    assertThat(as(eve).post(requests, Map.of()).problem()).isEqualTo("403 banned");
    assertThat(as(ann).post(requests + "/" + eve + "/approve", "").problem())
        .isEqualTo("403 banned");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{\"text\":1}", "{\"text\":\"nul\\u0000\"}", "{\"x\":1}"})
  void nonsenseShouldBeRefused(String body) {
    assertThat(as(bob).post(requests, body).problem()).isEqualTo("400 invalid-request");
    assertThat(as(bob).post(requests, Map.of("text", "x".repeat(501))).problem())
        .isEqualTo("400 invalid-request");
  }
}
