package io.parley.message.readers;

import io.parley.common.ids.UserId;
import io.parley.message.receipts.Receipt;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far a member has come, as it concerns one message.
 *
 * @param delivered whether a device of theirs has received the message
 * @param read whether they have read it
 * @param deliveredSeq up to where they have received
 * @param deliveredAt when that was said; the message came then at the latest
 * @param readSeq up to where they have read
 * @param readAt when that was said; they have read the message by then
 */
record ReaderView(
    UserId userId,
    boolean delivered,
    boolean read,
    long deliveredSeq,
    @Nullable Instant deliveredAt,
    long readSeq,
    @Nullable Instant readAt) {

  static ReaderView of(UserId user, long seq, Receipt receipt) {
    return new ReaderView(
        user,
        receipt.deliveredSeq() >= seq,
        receipt.readSeq() >= seq,
        receipt.deliveredSeq(),
        receipt.deliveredAt(),
        receipt.readSeq(),
        receipt.readAt());
  }
}
