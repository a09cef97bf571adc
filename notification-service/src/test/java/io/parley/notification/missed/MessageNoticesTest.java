package io.parley.notification.missed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.parley.common.events.MessagesMissed;
import io.parley.common.events.MessagesMissed.Content;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.push.Notice;
import io.parley.notification.push.Words;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MessageNoticesTest {

  @Test
  void noticeShouldHaveTheWordsOfTheEvent() {
    assertThat(notice(null, "Ann", "Hello").words()).isEqualTo(new Words(null, "Ann", "Hello"));
    assertThat(notice("Team", "Ann", "Hi").words()).isEqualTo(new Words("Team", "Ann", "Hi"));
  }

  @Test
  void checkShouldRefuseEventsThatLackSomething() {
    assertThatCode(() -> MessageNotices.check(missed("message", List.of())))
        .doesNotThrowAnyException();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                MessageNotices.check(
                    missed("id", Collections.nCopies(201, new UserId(new UUID(0, 1))))));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MessageNotices.check(missed("", List.of())));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MessageNotices.check(missed("x".repeat(201), List.of())));
  }

  private static Notice notice(@Nullable String group, String sender, String preview) {
    return MessageNotices.notice(missed("message", List.of()), new Content(group, sender, preview));
  }

  private static MessagesMissed missed(String messageId, List<UserId> recipients) {
    return new MessagesMissed(
        new ConversationId(new UUID(0, 7)),
        "GROUP",
        1,
        messageId,
        new UserId(new UUID(0, 1)),
        Instant.EPOCH,
        "sealed",
        recipients);
  }
}
