package io.parley.message.mention;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogProjection;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps the rows by which unread mentions are counted, as the log has them. Written before a
 * message is announced, and again by whoever does what a dead node left: twice is once.
 */
@Component
public class MentionRows implements LogProjection {

  private final MentionStore store;
  private final JsonMapper json;

  MentionRows(MentionStore store, JsonMapper json) {
    this.store = store;
    this.json = json;
  }

  /** Whether an event mentions anybody. A look at its payload, nothing is read. */
  @Override
  public boolean covers(LogEvent event) {
    return event.kind() == LogEvent.Kind.MESSAGE
        && !event.isDeleted()
        && Mentioned.isIn(event.payload());
  }

  /**
   * Notes whom a message mentions; does nothing for any other event.
   *
   * @throws ProblemException 503
   */
  @Override
  public void apply(LogEvent event) {
    if (covers(event)) {
      put(event, Mentioned.NOBODY, of(event.payload()), event.seq());
    }
  }

  /** Whom a message's payload mentions. */
  public Mentioned of(String payload) {
    return Mentioned.isIn(payload) ? json.readValue(payload, Mentioned.class) : Mentioned.NOBODY;
  }

  /**
   * Notes that a message mentions others than it did.
   *
   * @param version the seq of the event that says so: of an edit, its own
   * @throws ProblemException 503
   */
  public void put(LogEvent message, Mentioned before, Mentioned now, long version) {
    UserId author = message.author();
    if (author == null) {
      return;
    }
    Map<UserId, Boolean> users = new HashMap<>();
    Set<UserId> all = new HashSet<>(before.users());
    all.addAll(now.users());
    // One's own message is never unread.
    all.remove(author);
    all.forEach(user -> users.put(user, now.users().contains(user)));
    boolean toAll = now.mentionsAll() != null;
    store.put(
        new MentionStore.Place(message.conversation(), message.seq(), message.expiresAt()),
        author,
        users,
        toAll || before.mentionsAll() != null ? toAll : null,
        version);
  }

  /**
   * Those of some messages of others that mention a user: by name, or all of the group.
   *
   * @param seqs a few hundred at most
   * @throws ProblemException 503
   */
  public Set<Long> mentioning(
      UserId user, ConversationId conversation, boolean isGroup, Collection<Long> seqs) {
    return store.among(user, conversation, isGroup, seqs);
  }

  /** Forgets where a user is mentioned. */
  public void forget(UserId user) {
    store.forget(user);
  }
}
