package io.parley.message.receipts;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a member has received and read a conversation. What is read has been received.
 *
 * @param deliveredAt when a device said so for the last time: what is before it came then at the
 *     latest; null where nothing is known
 * @param readAt likewise
 */
public record Receipt(
    long deliveredSeq, @Nullable Instant deliveredAt, long readSeq, @Nullable Instant readAt) {

  public static final Receipt NONE = new Receipt(0, null, 0, null);

  /** With what only reading has told. */
  Receipt settled() {
    return readSeq > deliveredSeq ? new Receipt(readSeq, readAt, readSeq, readAt) : this;
  }

  Receipt deliveredTo(long seq, Instant at) {
    return seq > deliveredSeq ? new Receipt(seq, at, readSeq, readAt) : this;
  }
}
