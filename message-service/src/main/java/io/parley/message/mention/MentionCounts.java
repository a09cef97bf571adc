package io.parley.message.mention;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.UnreadMentions;
import io.parley.message.deletion.Deletions;
import io.parley.message.log.LogEvent;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Counts from the rows, and from what was deleted. */
@Component
class MentionCounts implements UnreadMentions {

  private final MentionStore store;
  private final Deletions deletions;

  MentionCounts(MentionStore store, Deletions deletions) {
    this.store = store;
    this.deletions = deletions;
  }

  @Override
  public Map<ConversationId, Long> newest(UserId user, Collection<ConversationId> conversations) {
    return conversations.isEmpty() ? Map.of() : store.newest(user, conversations);
  }

  @Override
  public boolean anyIn(List<LogEvent> events) {
    return events.stream()
        .anyMatch(event -> Mentioned.isIn(event.payload()) || Mentioned.isIn(event.content()));
  }

  @Override
  public int count(Unread unread, long newest) {
    ConversationId conversation = unread.conversation();
    Set<Long> mentioning =
        newest > unread.after()
            ? store.naming(unread.user(), conversation, unread.after(), newest, MOST)
            : new HashSet<>();
    if (unread.isGroup()) {
      store.toAll(conversation, unread.after(), unread.head(), MOST).stream()
          .filter(toAll -> !unread.user().equals(toAll.author()))
          .forEach(toAll -> mentioning.add(toAll.seq()));
    }
    if (!mentioning.isEmpty()) {
      mentioning.removeAll(deletions.among(conversation, mentioning));
    }
    return Math.min(MOST, mentioning.size());
  }
}
