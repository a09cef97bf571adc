package io.parley.group.moderation;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.text.PlainText;
import io.parley.group.moderation.Report.Reason;
import io.parley.group.roster.GroupId;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import org.jspecify.annotations.Nullable;

/**
 * At least one thing that is reported.
 *
 * @param conversationId of a group or of two users; with seq one event of it
 */
record MakeReport(
    @Nullable GroupId groupId,
    @Nullable UserId userId,
    @Nullable ConversationId conversationId,
    @Min(1) @Nullable Long seq,
    @NotNull Reason reason,
    @PlainText(min = 0, max = 2000, lines = true) @Nullable String text) {

  @AssertTrue(message = "groupId, userId or conversationId is needed")
  boolean isAboutSomething() {
    return groupId != null || userId != null || conversationId != null;
  }

  @AssertTrue(message = "seq needs the conversation it is of")
  boolean isComplete() {
    return seq == null || conversationId != null || groupId != null;
  }
}
