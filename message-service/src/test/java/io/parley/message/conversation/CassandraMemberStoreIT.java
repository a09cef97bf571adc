package io.parley.message.conversation;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Nodes;
import io.parley.message.TestGroup;
import io.parley.message.conversation.CassandraMemberStore.Change;
import io.parley.message.conversation.CassandraMemberStore.FirstView;
import io.parley.message.conversation.CassandraMemberStore.Place;
import io.parley.message.store.CassandraTables;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What stays of who has left. */
class CassandraMemberStoreIT {

  private final CqlSession session = Nodes.A.get(CqlSession.class);
  private final ConversationId group = new ConversationId(UUID.randomUUID());
  private final UserId ann = new UserId(UUID.randomUUID());

  private CassandraMemberStore keepingFormerMembers(Duration time) {
    return new CassandraMemberStore(
        Nodes.A.get(CassandraTables.class),
        Clock.systemUTC(),
        new ConversationProperties(time),
        Nodes.A.get(JsonMapper.class));
  }

  private List<Change> change(boolean active) {
    return List.of(new Change(Membership.inGroup(ann, group), Member.plain(ann), active));
  }

  private Row row(String table, String columns) {
    return requireNonNull(
        session
            .execute(
                "SELECT "
                    + columns
                    + " FROM "
                    + table
                    + " WHERE conversation_id = ? AND user_id = ?",
                group.value(),
                ann.value())
            .one());
  }

  private long rows(String table) {
    return row(table, "COUNT(*)").getLong(0);
  }

  @Test
  void olderChangeShouldNotBringBackWhoHasLeft() {
    CassandraMemberStore store = keepingFormerMembers(Duration.ofDays(1));
    store.put(change(true), 1, Map.of(ann, FirstView.EVERYTHING));
    store.put(change(false), 2);
    store.put(change(true), 1, Map.of(ann, FirstView.EVERYTHING));
    store.showFrom(group, List.of(ann), 1, 3, 0);
    assertThat(store.members(group)).isEmpty();
    assertThat(store.places(ann)).extracting(Place::active).containsExactly(false);
    assertThat(requireNonNull(store.stored(group, Set.of(ann)).get(ann)).version()).isEqualTo(2);
  }

  @Test
  void whoHasLeftShouldBeForgottenAndCouldComeBack() throws Exception {
    CassandraMemberStore store = keepingFormerMembers(Duration.ofSeconds(1));
    store.put(change(true), 1, Map.of(ann, FirstView.NOTHING_YET));
    store.showFrom(group, List.of(ann), 1, 3, 2);
    store.put(change(false), 2);
    TestGroup.until(
        () -> rows("members_by_conversation") == 0 && rows("conversations_by_member") == 0);
    store.put(change(true), 3, Map.of(ann, FirstView.NOTHING_YET));
    assertThat(requireNonNull(store.members(group).get(ann)).visibleFrom())
        .isEqualTo(Member.NOTHING_YET);
    store.showFrom(group, List.of(ann), 3, 7, 5);
    assertThat(requireNonNull(store.members(group).get(ann)).visibleFrom()).isEqualTo(7);
    assertThat(store.places(ann).get(0).membership().visibleCount()).isEqualTo(5);
    assertThat(row("members_by_conversation", "TTL(active), TTL(visible_from)").isNull(0)).isTrue();
    assertThat(row("conversations_by_member", "TTL(active), TTL(visible_from)").isNull(1)).isTrue();
  }

  @Test
  void whoComesBackBeforeThatShouldStay() {
    CassandraMemberStore store = keepingFormerMembers(Duration.ofHours(1));
    store.put(change(true), 1, Map.of(ann, FirstView.EVERYTHING));
    store.put(change(false), 2);
    store.put(change(true), 3, Map.of(ann, FirstView.EVERYTHING));
    for (String table : List.of("members_by_conversation", "conversations_by_member")) {
      Row row = row(table, "active, TTL(active), TTL(visible_from)");
      assertThat(row.getBoolean(0)).isTrue();
      assertThat(row.isNull(1)).isTrue();
      assertThat(row.isNull(2)).isTrue();
    }
  }
}
