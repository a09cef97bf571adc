package io.parley.message.deletion;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A step of deleting what an author has written in a conversation: what {@link BulkDeletions} has
 * still to do, and all it knows. Waits in RabbitMQ.
 *
 * @param by who has it deleted
 * @param since only messages that are not older; null: all
 * @param at when it was begun
 * @param end the log's head at that time
 * @param before what is behind this seq was looked at
 * @param found messages to be deleted, the newest first, not deleted yet
 * @param late false: looks through what was there at its beginning, the newest first; true: through
 *     what came into the log after that
 */
record BulkDeletion(
    ConversationId conversation,
    UserId author,
    UserId by,
    @Nullable Instant since,
    Instant at,
    long end,
    long before,
    List<Long> found,
    boolean late) {

  BulkDeletion next(long lookedAtFrom, List<Long> still) {
    return new BulkDeletion(
        conversation, author, by, since, at, end, lookedAtFrom, List.copyOf(still), late);
  }

  BulkDeletion ofLateOnes() {
    return new BulkDeletion(conversation, author, by, since, at, end, 0, List.of(), true);
  }
}
