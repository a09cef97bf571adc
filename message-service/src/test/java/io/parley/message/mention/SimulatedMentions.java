package io.parley.message.mention;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** The rows of mentions on a simulated node. */
public final class SimulatedMentions {

  private static final int ALL = 1_000;

  public final MentionRows rows;
  private final MentionStore store;

  public SimulatedMentions(SimulatedMentionStore store) {
    this.store = store;
    this.rows = new MentionRows(store, JsonMapper.shared());
  }

  /** What a text that names one user, or all, is found to mention. */
  public static Mentioned mentioning(@Nullable UserId user, boolean all) {
    return user == null && !all
        ? Mentioned.NOBODY
        : Mentioned.of(List.of(new Mention(user, all ? Mention.All.EVERYONE : null, 0, 4)));
  }

  /** The messages that name a user, as the rows say. */
  public Set<Long> naming(UserId user, ConversationId conversation) {
    return new TreeSet<>(store.naming(user, conversation, 0, ALL, ALL));
  }

  /** The messages to all, as the rows say. */
  public Set<Long> toAll(ConversationId conversation) {
    Set<Long> toAll = new TreeSet<>();
    store.toAll(conversation, 0, ALL, ALL).forEach(message -> toAll.add(message.seq()));
    return toAll;
  }

  /** The newest that ever named a user; 0: none. */
  public long newest(UserId user, ConversationId conversation) {
    return store.newest(user, List.of(conversation)).getOrDefault(conversation, 0L);
  }
}
