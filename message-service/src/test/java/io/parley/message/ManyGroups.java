package io.parley.message;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.CassandraConversationStore;
import io.parley.message.conversation.CassandraMemberStore;
import io.parley.message.conversation.CassandraMemberStore.Change;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.Member;
import io.parley.message.conversation.Membership;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogEvent;
import io.parley.message.log.RedisLastMessages;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Puts a user into thousands of groups, for what measures by hand. */
public final class ManyGroups {

  private ManyGroups() {}

  /**
   * The newest have a message each that is not read; of the others Redis knows that something was
   * said in them before.
   *
   * @param lively how many have a message
   * @return the liveliest are last, but for those that have one
   */
  public static List<ConversationId> of(UserId user, int groups, int lively) {
    CassandraConversationStore store = Nodes.A.get(CassandraConversationStore.class);
    EventLog log = Nodes.A.get(EventLog.class);
    RedisLastMessages last = Nodes.A.get(RedisLastMessages.class);
    UserId other = new UserId(UUID.randomUUID());
    List<ConversationId> ids = new ArrayList<>();
    List<Change> changes = new ArrayList<>();
    for (int i = 0; i < groups; i++) {
      ConversationId id = new ConversationId(UUID.randomUUID());
      ids.add(id);
      for (UserId each : List.of(user, other)) {
        changes.add(new Change(Membership.inGroup(each, id), Member.plain(each), true));
      }
      store.put(Conversation.ofGroup(id, "group " + i, null, false), 1, true);
      if (i < lively) {
        log.append(
            new EventLog.Draft(id, other, "1", LogEvent.Kind.MESSAGE, "{\"text\":\"hello\"}"));
      } else {
        last.found(id, 1, Instant.EPOCH.plus(Duration.ofDays(1 + i)));
      }
    }
    Nodes.A.get(CassandraMemberStore.class).put(changes, 1);
    return ids;
  }
}
