package io.parley.message.conversation;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a member has set for a conversation, as it is stored. What of it is so at a moment is in
 * {@link SettingsView}: nothing is written when a message arrives or a mute ends.
 *
 * @param mutedUntil null: was never muted, or is to be heard again
 * @param archivedSeq the log's head when it was archived; {@link #NOT}: is not archived
 * @param order its place among the pinned; {@link #NOT}: none
 * @param unreadPlace the {@link ReadMarker#place} when it was marked as unread; {@link #NOT}: is
 *     not
 * @param hiddenTo the highest seq that the member has hidden; 0: none
 * @param version grows with every change
 */
public record MemberSettings(
    @Nullable Instant mutedUntil,
    long archivedSeq,
    boolean pinned,
    int order,
    long unreadPlace,
    long hiddenTo,
    long version) {

  /** In place of a seq or a number. */
  public static final int NOT = -1;

  public static final MemberSettings NONE = new MemberSettings(null, NOT, false, NOT, NOT, 0, 0);

  public boolean isMuted(Instant now) {
    return mutedUntil != null && mutedUntil.isAfter(now);
  }

  /**
   * Whether it is put away: what is muted stays so, and what is not comes back with a message.
   *
   * @param lastMessageSeq of the newest message that the member may see
   */
  public boolean isArchived(Instant now, long lastMessageSeq) {
    return archivedSeq != NOT && (isMuted(now) || lastMessageSeq <= archivedSeq);
  }

  /** Whether the marker was not moved since it was marked as unread. */
  public boolean isMarkedUnread(ReadMarker marker) {
    return unreadPlace != NOT && marker.place() <= unreadPlace;
  }
}
