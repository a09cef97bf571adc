package io.parley.message.facts;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.conversation.MemberSettings;
import io.parley.message.conversation.Membership;
import io.parley.message.conversation.Unread;
import io.parley.message.conversation.Unread.Behind;
import io.parley.message.log.LastMessages;
import io.parley.message.log.RedisLastMessages;
import io.parley.message.log.RedisLastMessages.LastMessage;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * How much is unread for a user, over all conversations. Computed anew each time, as the inbox does
 * it: but where the newest message is read, which Redis knows of all conversations in one round
 * trip, no log is looked into, and each other log once for all users.
 */
@Component
class Badges {

  /** No more are counted. */
  static final int MOST = 999;

  private final RedisLastMessages lastMessages;
  private final LastMessages logged;
  private final Unread unread;
  private final Parallel parallel;
  private final Clock clock;

  Badges(
      RedisLastMessages lastMessages,
      LastMessages logged,
      Unread unread,
      Parallel parallel,
      Clock clock) {
    this.lastMessages = lastMessages;
    this.logged = logged;
    this.unread = unread;
    this.parallel = parallel;
    this.clock = clock;
  }

  /**
   * @return of each user
   * @throws ProblemException 503
   */
  Map<UserId, Integer> of(UsersPlaces places) {
    Map<ConversationId, Long> newest = newest(places);
    Map<ConversationId, List<Behind>> behind = new HashMap<>();
    places
        .memberships()
        .forEach(
            (user, memberships) -> {
              for (Membership membership : memberships) {
                ConversationId id = membership.conversation();
                if (counts(places.settings(user, id), newest.getOrDefault(id, 0L))) {
                  Behind member =
                      Behind.of(membership, places.marker(user, id), places.settings(user, id));
                  if (member.seq() < newest.getOrDefault(id, 0L)) {
                    behind.computeIfAbsent(id, key -> new ArrayList<>()).add(member);
                  }
                }
              }
            });
    Map<UserId, Long> badges = new HashMap<>();
    places.memberships().keySet().forEach(user -> badges.put(user, 0L));
    parallel
        .forEach(
            behind.keySet(),
            id -> unread.of(id, behind.getOrDefault(id, List.of()), newest.getOrDefault(id, 0L)))
        .values()
        .forEach(counts -> counts.forEach((user, count) -> badges.merge(user, count, Long::sum)));
    Map<UserId, Integer> bounded = HashMap.newHashMap(badges.size());
    badges.forEach((user, count) -> bounded.put(user, (int) Math.min(MOST, count)));
    return bounded;
  }

  private boolean counts(MemberSettings set, long lastMessageSeq) {
    Instant now = clock.instant();
    return !set.isMuted(now) && !set.isArchived(now, lastMessageSeq);
  }

  /** The seq of the newest message of each conversation. */
  private Map<ConversationId, Long> newest(UsersPlaces places) {
    Set<ConversationId> all = new HashSet<>();
    places.memberships().values().stream()
        .flatMap(Collection::stream)
        .forEach(membership -> all.add(membership.conversation()));
    Map<ConversationId, Long> newest = new HashMap<>();
    lastMessages.of(all).forEach((id, last) -> newest.put(id, last.seq()));
    all.removeAll(newest.keySet());
    parallel
        .forEach(
            all,
            id -> {
              LastMessage last = logged.find(id);
              return last == null ? 0L : last.seq();
            })
        .forEach(newest::put);
    return newest;
  }
}
