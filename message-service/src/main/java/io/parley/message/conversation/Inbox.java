package io.parley.message.conversation;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.deletion.Deletions;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A user's conversations with what is new in them, the liveliest first. */
@Service
class Inbox {

  /**
   * @param headSeq the last event's seq, 0 when there is none
   * @param unread messages behind the read marker that were not deleted: the head's message count
   *     less the marker's, less the deleted ones
   */
  record Item(
      ConversationId id,
      Conversation.Kind kind,
      @Nullable String name,
      @Nullable UserId otherUserId,
      long headSeq,
      @Nullable LastMessage lastMessage,
      long unread,
      long readSeq) {}

  @JsonInclude(JsonInclude.Include.NON_NULL)
  record LastMessage(
      long seq,
      String id,
      @Nullable UserId authorId,
      @Nullable String text,
      Instant at,
      @Nullable Boolean deleted) {}

  /** How far back the last message is looked for behind events of other kinds. */
  private static final int LOOK_BACK = 10;

  private final Conversations conversations;
  private final ReadMarkers markers;
  private final LogReader log;
  private final Deletions deletions;
  private final JsonMapper json;
  private final ExecutorService reads = Executors.newVirtualThreadPerTaskExecutor();

  Inbox(
      Conversations conversations,
      ReadMarkers markers,
      LogReader log,
      Deletions deletions,
      JsonMapper json) {
    this.conversations = conversations;
    this.markers = markers;
    this.log = log;
    this.deletions = deletions;
    this.json = json;
  }

  List<Item> of(UserId user) {
    List<Membership> memberships = conversations.of(user);
    Map<ConversationId, ReadMarker> read =
        markers.of(user, memberships.stream().map(Membership::conversation).toList());
    List<CompletableFuture<Item>> items = new ArrayList<>();
    for (Membership membership : memberships) {
      ReadMarker marker = read.getOrDefault(membership.conversation(), ReadMarker.NONE);
      items.add(CompletableFuture.supplyAsync(() -> item(membership, marker), reads));
    }
    return items.stream()
        .map(CompletableFuture::join)
        .sorted(Comparator.comparing(Inbox::lastAt).reversed().thenComparing(i -> i.id().value()))
        .toList();
  }

  Item item(Membership membership) {
    return item(membership, markers.of(membership.user(), membership.conversation()));
  }

  private Item item(Membership membership, ReadMarker marker) {
    List<LogEvent> newest =
        log.readBefore(membership.conversation(), Long.MAX_VALUE, LOOK_BACK).stream()
            .filter(event -> event.seq() >= membership.visibleFrom())
            .toList();
    deletions.seen(newest);
    LogEvent last = null;
    for (LogEvent event : newest) {
      if (last == null && event.kind() == LogEvent.Kind.MESSAGE) {
        last = event;
      }
    }
    boolean mine = last != null && membership.user().equals(last.author());
    long unread = newest.isEmpty() || mine ? 0 : unread(membership, marker, newest.get(0));
    return new Item(
        membership.conversation(),
        membership.kind(),
        conversations.name(membership),
        membership.otherUser(),
        newest.isEmpty() ? 0 : newest.get(0).seq(),
        last == null ? null : message(last),
        unread,
        marker.seq());
  }

  private long unread(Membership membership, ReadMarker marker, LogEvent head) {
    // What was before one joined is neither read nor unread.
    boolean before = marker.seq() < membership.visibleFrom();
    long count = before ? membership.visibleCount() : marker.messageCount();
    long behind = head.messageCount() - count;
    if (behind <= 0) {
      return 0;
    }
    long seq = before ? membership.visibleFrom() - 1 : marker.seq();
    long deleted = deletions.countAfter(membership.conversation(), seq, head.seq());
    return Math.max(0, behind - deleted);
  }

  private LastMessage message(LogEvent event) {
    JsonNode text = json.readTree(event.payload()).get("text");
    return new LastMessage(
        event.seq(),
        event.id().toString(),
        event.author(),
        text == null ? null : text.asString(),
        event.at(),
        event.isDeleted() ? true : null);
  }

  private static Instant lastAt(Item item) {
    return item.lastMessage() == null ? Instant.EPOCH : item.lastMessage().at();
  }
}
