package io.parley.group.names;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parley.group.testing.GroupServiceIT;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Rows of before, and of nodes of an earlier release beside this one. */
class UnfoldedNamesIT extends GroupServiceIT {

  private final String ann = USERS.newUser();

  @Test
  void groupsOfBeforeShouldBeFoundAndFoldedByThemselves() {
    String mark = UUID.randomUUID().toString().substring(0, 8);
    String group =
        as(ann).post(GROUPS, Map.of("name", "Straßer " + mark, "visibility", "public")).at("/id");
    database
        .sql("UPDATE groups SET words = NULL, folded = false WHERE id = CAST(? AS uuid)")
        .param(group)
        .update();

    awaitFolded("groups", "id", group);
    assertThat(found("strasser " + mark)).contains(group);
    assertThat(found(mark + " stra")).contains(group);
  }

  @Test
  void namesThatANodeOfBeforeChangesShouldBeFoldedAgain() {
    String mark = UUID.randomUUID().toString().substring(0, 8);
    String group =
        as(ann).post(GROUPS, Map.of("name", "Old " + mark, "visibility", "public")).at("/id");
    // Names that are an hour old are asked for again when somebody looks.
    as(ann).get(members(group));
    database
        .sql("UPDATE groups SET name = ?, name_key = 'x' WHERE id = CAST(? AS uuid)")
        .params("İpek " + mark, group)
        .update();
    database
        .sql("UPDATE people SET display_name = 'Łukasz' WHERE user_id = CAST(? AS uuid)")
        .param(ann)
        .update();

    awaitFolded("groups", "id", group);
    awaitFolded("people", "user_id", ann);
    assertThat(found("ipek " + mark)).contains(group);
    assertThat(found("old " + mark)).doesNotContain(group);
    assertThat(
            as(ann).get(members(group) + "?query=lukasz").json().at("/items/0/userId").asString())
        .isEqualTo(ann);
  }

  private String found(String query) {
    return as(ann).get(GROUPS + "/search?query=" + query.replace(" ", "%20")).text();
  }

  private void awaitFolded(String table, String id, String row) {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                database
                    .sql(
                        "SELECT folded AND words IS NOT NULL FROM %s WHERE %s = CAST(? AS uuid)"
                            .formatted(table, id))
                    .param(row)
                    .query(Boolean.class)
                    .single());
  }
}
