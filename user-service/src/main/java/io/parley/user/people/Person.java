package io.parley.user.people;

import io.parley.common.ids.UserId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An account as it stands to one who looks at it.
 *
 * @param avatar the tag of the picture
 * @param blocksViewer whether the account has blocked the one who looks
 * @param blockedByViewer the other way round
 * @param readReceipts whether it tells others how far it has read, and is told
 * @param inAudience whether the privacy settings let the one who looks see the profile
 */
record Person(
    UserId id,
    String username,
    String displayName,
    Instant createdAt,
    @Nullable String bio,
    @Nullable String avatar,
    boolean blocksViewer,
    boolean blockedByViewer,
    boolean readReceipts,
<<<<<<< HEAD
    boolean inAudience,
    boolean locked) {
=======
    boolean inAudience) {
>>>>>>> main

  boolean showsProfile() {
    return inAudience && !blocksViewer;
  }
}
