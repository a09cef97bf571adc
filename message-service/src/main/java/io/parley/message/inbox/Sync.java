package io.parley.message.inbox;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.conversation.CassandraMemberStore.Place;
import io.parley.message.conversation.CassandraSettingsStore;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.ReadMarkers;
import io.parley.message.thread.FollowedThreads;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * What of a user's inbox changed while a device was away (ADR 0025). A token is the time at which
 * the last sync began, less nothing: what was written up to {@link SyncProperties#overlap} before
 * it is told again, so that writes on their way at that moment, and clocks that differ, leave
 * nothing out.
 */
@Service
class Sync {

  /**
   * @param left conversations that the user is no member of any more; on the first page
   * @param next pass it as {@code cursor}, with the same token; null on the last page
   * @param since the token for the next sync, good once the last page was read
   * @param full the items of all pages are everything there is: what is not among them is gone
   */
  record Changes(
      List<Inbox.Item> items,
      List<ConversationId> left,
      @Nullable String next,
      String since,
      boolean full) {}

  /** Where a page begins: when the sync did, and behind which place. */
  private record Cursor(Instant began, InboxOrder.Place after) {

    private static final Pattern FORM = Pattern.compile("([0-9a-z]{1,11})\\.(.{1,60})");

    static Cursor of(String text) {
      Matcher matcher = FORM.matcher(text);
      if (!matcher.matches()) {
        throw new ProblemException(
            CommonProblem.INVALID_REQUEST, "cursor: none that was given out");
      }
      return new Cursor(instant(matcher.group(1)), InboxOrder.Place.of(matcher.group(2)));
    }

    @Override
    public String toString() {
      return token(began) + "." + after;
    }
  }

  private static final Pattern TOKEN = Pattern.compile("[0-9a-z]{1,11}");
  private static final int RADIX = 36;

  private final Conversations conversations;
  private final InboxOrder order;
  private final Inbox inbox;
  private final ReadMarkers markers;
  private final CassandraSettingsStore settings;
  private final FollowedThreads threads;
  private final Duration overlap;
  private final Duration longest;
  private final Clock clock;

  Sync(
      Conversations conversations,
      InboxOrder order,
      Inbox inbox,
      ReadMarkers markers,
      CassandraSettingsStore settings,
      FollowedThreads threads,
      SyncProperties properties,
      Clock clock) {
    this.conversations = conversations;
    this.order = order;
    this.inbox = inbox;
    this.markers = markers;
    this.settings = settings;
    this.threads = threads;
    this.overlap = properties.overlap();
    this.longest = conversations.keepsFormerMembersFor().minus(overlap);
    this.clock = clock;
  }

  /**
   * A page of what changed, the liveliest conversation first. What changes while one pages is told
   * by the next sync at the latest.
   *
   * @param since a token of an earlier sync; null: everything
   * @param cursor null: the first page
   * @throws ProblemException 400 {@code invalid-request}, 503
   */
  Changes since(UserId user, @Nullable String since, @Nullable String cursor, int limit) {
    Instant now = clock.instant();
    Cursor from = cursor == null ? null : Cursor.of(cursor);
    Instant began = from == null ? now : from.began();
    Instant last = since == null ? Instant.EPOCH : instant(since);
    if (last.isAfter(now.plus(overlap)) || began.isAfter(now.plus(overlap))) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "since: none that was given out");
    }
    boolean full = last.isBefore(began.minus(longest));
    Instant after = last.minus(overlap);
    List<Place> places = conversations.places(user);
    List<InboxOrder.Placed> all =
        order.of(places.stream().filter(Place::active).map(Place::membership).toList());
    Inbox.Page page =
        inbox.page(
            user,
            full ? all : all.stream().filter(changed(user, places, after)).toList(),
            from == null ? null : from.after(),
            limit);
    return new Changes(
        page.items(),
        full || from != null ? List.of() : left(places, after),
        page.next() == null ? null : new Cursor(began, page.next()).toString(),
        token(began),
        full);
  }

  private Predicate<InboxOrder.Placed> changed(UserId user, List<Place> places, Instant after) {
    Set<ConversationId> changed = new HashSet<>(markers.movedSince(user, after));
    changed.addAll(settings.changedSince(user, after));
    changed.addAll(threads.changedSince(user, after));
    places.stream()
        .filter(place -> !place.changedAt().isBefore(after))
        .forEach(place -> changed.add(place.membership().conversation()));
    return placed ->
        !placed.eventAt().isBefore(after) || changed.contains(placed.membership().conversation());
  }

  private static List<ConversationId> left(List<Place> places, Instant after) {
    return places.stream()
        .filter(place -> !place.active() && !place.changedAt().isBefore(after))
        .map(place -> place.membership().conversation())
        .toList();
  }

  private static String token(Instant began) {
    return Long.toString(began.toEpochMilli(), RADIX);
  }

  private static Instant instant(String token) {
    if (!TOKEN.matcher(token).matches()) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "since: none that was given out");
    }
    return Instant.ofEpochMilli(Long.parseLong(token, RADIX));
  }
}
