package io.parley.notification.missed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.parley.common.events.MessagesMissed;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.push.Notice;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MissedMessagesTest {

  @Test
  void noticeShouldNameTheSenderAndShowThePreview() {
    Notice notice = MissedMessages.notice(missed(null, "Ann", "Hello"));

    assertThat(notice.title()).isEqualTo("Ann");
    assertThat(notice.body()).isEqualTo("Hello");
  }

  @Test
  void noticeShouldNameTheGroupToo() {
    assertThat(MissedMessages.notice(missed("Team", "Ann", "Hello")).title())
        .isEqualTo("Ann · Team");
  }

  @Test
  void noticeShouldCutWhatFcmWouldRefuseButNoCharacterInTwo() {
    String face = "😀";
    Notice notice = MissedMessages.notice(missed("x".repeat(300), "Ann", face.repeat(300)));

    assertThat(notice.title()).hasSize(MissedMessages.MAX_TITLE_CHARS).endsWith("…");
    assertThat(notice.body()).isEqualTo(face.repeat(199) + "…");
  }

  @Test
  void checkShouldRefuseEventsThatLackSomething() {
    assertThatCode(() -> MissedMessages.check(missed(null, "Ann", ""))).doesNotThrowAnyException();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                MissedMessages.check(
                    missed("id", Collections.nCopies(201, new UserId(new UUID(0, 1))))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MissedMessages.check(missed("", List.of())));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MissedMessages.check(missed("x".repeat(201), List.of())));
  }

  private static MessagesMissed missed(@Nullable String group, String sender, String preview) {
    return new MessagesMissed(
        new ConversationId(new UUID(0, 7)),
        group == null ? "DIRECT" : "GROUP",
        group,
        1,
        "message",
        new UserId(new UUID(0, 1)),
        sender,
        preview,
        Instant.EPOCH,
        List.of());
  }

  private static MessagesMissed missed(String messageId, List<UserId> recipients) {
    return new MessagesMissed(
        new ConversationId(new UUID(0, 7)),
        "DIRECT",
        null,
        1,
        messageId,
        new UserId(new UUID(0, 1)),
        "Ann",
        "Hello",
        Instant.EPOCH,
        recipients);
  }
}
