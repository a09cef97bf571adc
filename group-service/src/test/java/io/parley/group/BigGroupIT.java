package io.parley.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.group.testing.Api;
import io.parley.group.testing.GroupServiceIT;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;

/** A group of 10,000 members: the size that is allowed unless configured otherwise. */
@TestPropertySource(properties = "parley.groups.max-members=10000")
class BigGroupIT extends GroupServiceIT {

  private static final Logger log = LoggerFactory.getLogger(BigGroupIT.class);

  private final String ann = USERS.newUser();

  @Test
  void tenThousandMembersShouldBeCreatedJoinedAndListed() {
    List<String> many = Stream.generate(USERS::newUser).limit(9998).toList();

    Api.Answer made =
        timed(
            "create",
            () ->
                as(ann)
                    .post(
                        GROUPS, Map.of("name", "Big", "visibility", "public", "memberIds", many)));
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.json().get("memberCount").asInt()).isEqualTo(9999);
    assertThat(made.json().get("version").asInt()).isEqualTo(20);
    String group = made.at("/id");

    String last = USERS.newUser();
    assertThat(timed("join", () -> as(last).post(GROUPS + "/" + group + "/join", "")).status())
        .isEqualTo(201);
    assertThat(as(USERS.newUser()).post(GROUPS + "/" + group + "/join", "").problem())
        .isEqualTo("409 group-full");
    Api.Answer page = timed("first page", () -> as(last).get(members(group) + "?limit=200"));
    int seen = page.json().get("items").size();
    long start = System.nanoTime();
    while (!page.json().get("next").isNull()) {
      JsonNode next = page.json().get("next");
      page = as(last).get(members(group) + "?limit=200&cursor=" + next.asString());
      seen += page.json().get("items").size();
    }
    log.info("all other pages: {} ms", (System.nanoTime() - start) / 1_000_000);
    assertThat(seen).isEqualTo(10_000);
    String name = "u" + many.get(5000).substring(0, 8);
    assertThat(timed("search", () -> as(last).get(members(group) + "?query=" + name)).text())
        .contains(many.get(5000));
    assertThat(
            timed("ban", () -> as(ann).put(GROUPS + "/" + group + "/bans/" + last, Map.of()))
                .status())
        .isEqualTo(200);
    assertThat(timed("delete", () -> as(ann).delete(GROUPS + "/" + group)).status()).isEqualTo(204);
  }

  private static Api.Answer timed(String what, Supplier<Api.Answer> call) {
    long start = System.nanoTime();
    Api.Answer answer = call.get();
    log.info("{}: {} ms", what, (System.nanoTime() - start) / 1_000_000);
    return answer;
  }
}
