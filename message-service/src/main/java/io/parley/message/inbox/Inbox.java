package io.parley.message.inbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.conversation.CassandraSettingsStore;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.Conversations;
import io.parley.message.conversation.MemberSettings;
import io.parley.message.conversation.Membership;
import io.parley.message.conversation.ReadMarker;
import io.parley.message.conversation.ReadMarkers;
import io.parley.message.conversation.SettingsView;
import io.parley.message.conversation.UnreadMentions;
import io.parley.message.thread.Follow;
import io.parley.message.thread.FollowedThreads;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * A user's conversations with what is new in them, the liveliest first. Nothing of it is stored:
 * every item is computed anew ({@link InboxItems}), but only those of the page that is asked for. A
 * conversation in which something is said between two pages moves to the front: it is on no later
 * page, and no other is on two.
 */
@Service
class Inbox {

  /**
   * @param headSeq the last event's seq, 0 when there is none
   * @param lastActivityAt when something was last said, or when the conversation began for the
   *     user; null when neither has happened. The inbox is sorted by it
   * @param unread messages behind the read marker: the head's message count less the marker's, less
   *     those that were deleted or that the user has hidden
   * @param mentions how many of them mention the user, {@value UnreadMentions#MOST} at most
   * @param threadsUnread threads that the user follows and that have unread replies, {@value
   *     UnreadMentions#MOST} at most
   * @param threadMentions how many of those replies mention the user; likewise
   * @param settings what the user has set for it
   */
  record Item(
      ConversationId id,
      Conversation.Kind kind,
      @Nullable String name,
      @Nullable UserId otherUserId,
      long headSeq,
      @Nullable LastMessage lastMessage,
      @Nullable Instant lastActivityAt,
      long unread,
      int mentions,
      long readSeq,
      int threadsUnread,
      int threadMentions,
      SettingsView settings) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record LastMessage(
      long seq,
      String id,
      @Nullable UserId authorId,
      @Nullable String text,
      Instant at,
      @Nullable Boolean deleted,
      @Nullable Instant expiresAt,
      @Nullable Boolean expired,
      @Nullable Boolean hidden) {}

  /**
   * @param next the place after which the next page begins; null on the last one
   */
  record Page(List<Item> items, InboxOrder.@Nullable Place next) {}

  private static final int ITEMS_AT_ONCE = 32;

  private final Conversations conversations;
  private final InboxOrder order;
  private final ReadMarkers markers;
  private final CassandraSettingsStore settings;
  private final UnreadMentions mentions;
  private final FollowedThreads threads;
  private final InboxItems items;
  private final RecentOrders recent;
  private final ExecutorService reads = Executors.newVirtualThreadPerTaskExecutor();

  /** In the order in which they were asked for. */
  private final Semaphore room = new Semaphore(ITEMS_AT_ONCE, true);

  Inbox(
      Conversations conversations,
      InboxOrder order,
      ReadMarkers markers,
      CassandraSettingsStore settings,
      UnreadMentions mentions,
      FollowedThreads threads,
      InboxItems items,
      RecentOrders recent) {
    this.conversations = conversations;
    this.order = order;
    this.markers = markers;
    this.settings = settings;
    this.mentions = mentions;
    this.threads = threads;
    this.items = items;
    this.recent = recent;
  }

  /**
   * A page of it.
   *
   * @param after the place of the last item of the page before; null for the first page
   * @throws ProblemException 503
   */
  Page page(UserId user, InboxOrder.@Nullable Place after, int limit) {
    List<InboxOrder.Place> known = after == null ? null : recent.of(user);
    if (after != null && known != null) {
      return nextPage(user, known, after, limit);
    }
    List<InboxOrder.Placed> all = order.of(conversations.of(user));
    recent.keep(user, all.stream().map(InboxOrder.Placed::place).toList());
    return page(user, all, after, limit);
  }

  /** Of an order that was made a moment ago: those that have left it by now are not shown. */
  private Page nextPage(
      UserId user, List<InboxOrder.Place> known, InboxOrder.Place after, int limit) {
    int found = Collections.binarySearch(known, after);
    int to = found < 0 ? -found - 1 : found + 1;
    List<InboxOrder.Placed> page = new ArrayList<>();
    while (page.size() < limit && to < known.size()) {
      int end = Math.min(to + limit - page.size(), known.size());
      List<ConversationId> ids = known.subList(to, end).stream().map(InboxOrder.Place::id).toList();
      order.of(conversations.of(user, ids)).stream()
          .filter(placed -> placed.place().compareTo(after) > 0)
          .forEach(page::add);
      to = end;
    }
    page.sort(Comparator.comparing(InboxOrder.Placed::place));
    return new Page(
        page(user, page, after, limit).items(), to < known.size() ? known.get(to - 1) : null);
  }

  /**
   * A page of some of it.
   *
   * @param some in order
   * @throws ProblemException 503
   */
  Page page(
      UserId user, List<InboxOrder.Placed> some, InboxOrder.@Nullable Place after, int limit) {
    List<InboxOrder.Placed> rest =
        some.stream()
            .filter(placed -> after == null || placed.place().compareTo(after) > 0)
            .toList();
    List<InboxOrder.Placed> page = rest.subList(0, Math.min(limit, rest.size()));
    List<ConversationId> ids = page.stream().map(placed -> placed.place().id()).toList();
    Map<ConversationId, ReadMarker> read = markers.of(user, ids);
    Map<ConversationId, MemberSettings> set = settings.of(user, ids);
    Map<ConversationId, Long> mentioned = mentions.newest(user, ids);
    Map<ConversationId, List<Follow>> followed = threads.in(user, ids);
    List<CompletableFuture<Item>> items =
        page.stream()
            .map(
                placed ->
                    CompletableFuture.supplyAsync(
                        () ->
                            item(
                                placed,
                                read.getOrDefault(placed.place().id(), ReadMarker.NONE),
                                set.getOrDefault(placed.place().id(), MemberSettings.NONE),
                                mentioned.getOrDefault(placed.place().id(), 0L),
                                followed.getOrDefault(placed.place().id(), List.of())),
                        reads))
            .toList();
    boolean more = page.size() < rest.size();
    try {
      return new Page(
          items.stream().map(CompletableFuture::join).toList(),
          more ? page.get(page.size() - 1).place() : null);
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  Item item(Membership membership) {
    ConversationId id = membership.conversation();
    return item(
        order.of(List.of(membership)).get(0),
        markers.of(membership.user(), id),
        settings.find(membership.user(), id),
        mentions.newest(membership.user(), List.of(id)).getOrDefault(id, 0L),
        threads.in(membership.user(), List.of(id)).getOrDefault(id, List.of()));
  }

  private Item item(
      InboxOrder.Placed placed,
      ReadMarker marker,
      MemberSettings set,
      long newestMention,
      List<Follow> follows) {
    room.acquireUninterruptibly();
    try {
      return items.of(placed, marker, set, newestMention, follows);
    } finally {
      room.release();
    }
  }
}
