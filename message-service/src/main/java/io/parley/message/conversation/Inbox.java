package io.parley.message.conversation;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
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

/**
 * A user's conversations with what is new in them, the liveliest first. Nothing of it is stored:
 * every item is computed anew ({@link InboxItems}).
 */
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

  private final Conversations conversations;
  private final ReadMarkers markers;
  private final InboxItems items;
  private final ExecutorService reads = Executors.newVirtualThreadPerTaskExecutor();

  Inbox(Conversations conversations, ReadMarkers markers, InboxItems items) {
    this.conversations = conversations;
    this.markers = markers;
    this.items = items;
  }

  List<Item> of(UserId user) {
    List<Membership> memberships = conversations.of(user);
    Map<ConversationId, ReadMarker> read =
        markers.of(user, memberships.stream().map(Membership::conversation).toList());
    List<CompletableFuture<Item>> all = new ArrayList<>();
    for (Membership membership : memberships) {
      ReadMarker marker = read.getOrDefault(membership.conversation(), ReadMarker.NONE);
      all.add(CompletableFuture.supplyAsync(() -> items.of(membership, marker), reads));
    }
    return all.stream()
        .map(CompletableFuture::join)
        .sorted(Comparator.comparing(Inbox::lastAt).reversed().thenComparing(i -> i.id().value()))
        .toList();
  }

  Item item(Membership membership) {
    return items.of(membership, markers.of(membership.user(), membership.conversation()));
  }

  private static Instant lastAt(Item item) {
    return item.lastMessage() == null ? Instant.EPOCH : item.lastMessage().at();
  }
}
