package io.parley.notification.decision;

import io.parley.notification.settings.Level;
import java.time.Instant;

/**
 * All that a decision rests on: one message, one recipient, one moment.
 *
 * @param direct whether only the two of them are in the conversation
 * @param sentAt by the author's node
 * @param gone deleted, or not there at all
 * @param expired whether it has disappeared
 * @param sees whether the recipient is a member and has not hidden it
 * @param blocked whether one of author and recipient has blocked the other
 * @param muted whether the recipient has muted the conversation
 * @param mentioned by name
 * @param everyone meant by a mention of everyone
 * @param keyword whether one of the recipient's keywords is in it
 * @param followsThread whether it is a reply in a thread that the recipient follows
 * @param level what the recipient wants of this conversation or thread
 * @param largeGroup whether it has more members than the recipient wants to be notified of
 * @param quiet whether it is the recipient's quiet hours
 * @param doNotDisturb the recipient's presence
 * @param alwaysPush whether neither that nor a client in the foreground is to matter
 * @param foreground whether a client of the recipient says that it is in the foreground
 * @param reachable whether the recipient has a device
 */
record Situation(
    boolean direct,
    Instant sentAt,
    boolean gone,
    boolean expired,
    boolean sees,
    boolean read,
    boolean blocked,
    boolean muted,
    boolean mentioned,
    boolean everyone,
    boolean keyword,
    boolean followsThread,
    Level level,
    boolean largeGroup,
    boolean quiet,
    boolean doNotDisturb,
    boolean alwaysPush,
    boolean foreground,
    boolean reachable) {

  boolean isMention() {
    return mentioned || everyone;
  }

  /** Whether it concerns the recipient more than any other message of a group does. */
  boolean isPersonal() {
    return isMention() || keyword || followsThread;
  }
}
