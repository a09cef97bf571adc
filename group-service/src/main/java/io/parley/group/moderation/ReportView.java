package io.parley.group.moderation;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.RowId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A report, for moderators and for who made it.
 *
 * @param reporter null when that account was erased
 * @param resolvedBy null while it is open, and when that account was erased
 */
record ReportView(
    RowId id,
    @Nullable UserId reporter,
    @Nullable GroupId groupId,
    @Nullable UserId userId,
    @Nullable ConversationId conversationId,
    @Nullable Long seq,
    Report.Reason reason,
    String text,
    Report.Status status,
    Instant createdAt,
    @Nullable UserId resolvedBy,
    @Nullable Instant resolvedAt,
    @Nullable String note) {

  static ReportView of(Report report) {
    return new ReportView(
        report.id(),
        report.reporter(),
        report.group(),
        report.user(),
        report.conversation(),
        report.seq(),
        report.reason(),
        report.text(),
        report.status(),
        report.createdAt(),
        report.resolvedBy(),
        report.resolvedAt(),
        report.note());
  }
}
