package io.parley.message.conversation;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a member has set for a conversation, as it is now.
 *
 * @param mutedUntil null: not muted
 * @param archived put away until a message arrives, or for as long as it is muted
 * @param order its place among the pinned; null: none
 * @param markedUnread until the read marker is set
 * @param version grows with every change; 0: nothing was ever set. What has a lower one is older
 */
@JsonPropertyOrder({"mutedUntil", "archived", "pinned", "order", "markedUnread", "version"})
public record SettingsView(
    @Nullable Instant mutedUntil,
    boolean archived,
    boolean pinned,
    @Nullable Integer order,
    boolean markedUnread,
    long version) {

  /**
   * @param lastMessageSeq of the newest message that the member may see; 0 if there is none
   */
  public static SettingsView of(
      MemberSettings stored, Instant now, long lastMessageSeq, ReadMarker marker) {
    return new SettingsView(
        stored.isMuted(now) ? stored.mutedUntil() : null,
        stored.isArchived(now, lastMessageSeq),
        stored.pinned(),
        stored.order() == MemberSettings.NOT ? null : stored.order(),
        stored.isMarkedUnread(marker),
        stored.version());
  }
}
