package io.parley.message.bus;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class UnconfirmedTest {

  private final Unconfirmed unconfirmed = new Unconfirmed();
  private final ConversationId id = new ConversationId(UUID.randomUUID());

  @Test
  void confirmationShouldCoverWhatWasAnnouncedBefore() {
    unconfirmed.announced(id, 5, 10);
    unconfirmed.announced(id, 6, 11);
    unconfirmed.confirmed(id, 5);
    assertThat(unconfirmed.since(100)).containsEntry(id, 6L);
    unconfirmed.confirmed(id, 6);
    assertThat(unconfirmed.since(100)).isEmpty();
  }

  @Test
  void laterAnnouncementShouldNotLowerTheSeq() {
    unconfirmed.announced(id, 6, 10);
    unconfirmed.announced(id, 5, 11);
    assertThat(unconfirmed.since(100)).containsEntry(id, 6L);
  }

  @Test
  void freshAnnouncementShouldBeWaitedFor() {
    unconfirmed.announced(id, 6, 10);
    assertThat(unconfirmed.since(10)).isEmpty();
    assertThat(unconfirmed.since(11)).containsEntry(id, 6L);
    unconfirmed.announced(id, 6, 12);
    assertThat(unconfirmed.since(11)).isEmpty();
  }
}
