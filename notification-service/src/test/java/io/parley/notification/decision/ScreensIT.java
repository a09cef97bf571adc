package io.parley.notification.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.MessagesChanged.Change;
import io.parley.common.events.MessagesStored.Stored;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.ServiceHarness;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What becomes of notifications that are on screens already. */
class ScreensIT extends ServiceHarness {

  private final ConversationId conversation = new ConversationId(UUID.randomUUID());
  private final UserId ann = user();

  @Test
  void whatIsReadShouldBeTakenFromTheDevicesThatGotIt() {
    String phone = token("phone");
    String tablet = token("tablet");
    String refused = token("refused");
    register(ann, phone, "android");
    register(ann, tablet, "ios");
    register(ann, refused, "web");
    Stored message = ring(1, "hello");
    FACTS.badge(ann, 4);

    read(message);
    publishRead(message, ann);

    awaitDecided(ann, message, "WITHDRAWN MESSAGE READ");
    settled();
    for (String token : List.of(phone, tablet)) {
      assertThat(pushes(token)).hasSize(2);
      JsonNode withdrawal = pushes(token).getFirst();
      assertThat(withdrawal.toString()).doesNotContain("hello");
      assertThat(withdrawal.at("/notification").isMissingNode()).isTrue();
      assertThat(withdrawal.at("/data/conversationId").asString())
          .isEqualTo(conversation.toString());
      assertThat(withdrawal.at("/data/seq").asString()).isEqualTo("1");
    }
    assertThat(refusals(refused)).hasSize(5);
  }

  @Test
  void whatIsReadBeforeItRangShouldNeverRing() {
    String token = token("phone");
    register(ann, token, "android");
    Stored message = message(conversation, 1, "GROUP", "hello", ann);
    FACTS.recipient(message, ann, "foreground", true);
    publish(message);
    awaitDecided(ann, message, "WAITING FOREGROUND");

    publishRead(message, ann);

    awaitDecided(ann, message, "SILENT READ");
    settled();
    assertThat(pushes(token)).isEmpty();
  }

  @Test
  void severalThatAreReadAtOnceShouldBeTakenAwayWithOnePush() {
    String token = token("phone");
    register(ann, token, "android");
    List<Stored> messages = new ArrayList<>();
    for (int seq = 1; seq <= 4; seq++) {
      messages.add(ring(seq, "no " + seq));
    }

    messages.forEach(this::read);
    publishRead(messages.getLast(), ann);

    messages.forEach(message -> awaitDecided(ann, message, "WITHDRAWN MESSAGE READ"));
    settled();
    assertThat(pushes(token)).hasSize(5);
    assertThat(pushes(token).getFirst().at("/data/seq").asString()).isEqualTo("4");
  }

  @Test
  void whatRangOverWhatIsReadShouldStay() {
    String token = token("phone");
    register(ann, token, "android");
    Stored first = ring(1, "first");
    Stored second = ring(2, "second");

    read(first);
    publishRead(first, ann);

    awaitDecided(ann, first, "WITHDRAWN MESSAGE READ");
    settled();
    assertThat(decided(ann, second)).isEqualTo("RANG MESSAGE");
    assertThat(pushes(token)).hasSize(2);
  }

  @Test
  void aRepeatedReadShouldTakeItAwayOnce() {
    String token = token("phone");
    register(ann, token, "android");
    Stored message = ring(1, "hello");
    read(message);

    IntStream.range(0, 10).forEach(i -> publishRead(message, ann));
    awaitDecided(ann, message, "WITHDRAWN MESSAGE READ");
    settled();
    publishRead(message, ann);
    settled();

    assertThat(pushes(token)).hasSize(2);
  }

  @Test
  void anEditShouldBringTheNewWordsOnce() {
    String token = token("phone");
    register(ann, token, "android");
    Stored message = ring(1, "helo");

    edit(message, "hello");
    IntStream.range(0, 5).forEach(i -> publishChanged(Change.EDITED, message));

    await("update", () -> pushes(token).size() == 2);
    settled();
    publishChanged(Change.EDITED, message);
    settled();
    assertThat(pushes(token)).hasSize(2);
    assertThat(pushes(token).getFirst().toString()).contains("hello");
    assertThat(decided(ann, message)).isEqualTo("RANG MESSAGE");
    edit(message, "hello, all");
    publishChanged(Change.EDITED, message);
    await("second update", () -> pushes(token).size() == 3);
  }

  @Test
  void anEditOfWhatSomethingElseRangOverShouldChangeNothing() {
    String token = token("phone");
    register(ann, token, "android");
    Stored first = ring(1, "first");
    ring(2, "second");

    edit(first, "other");
    publishChanged(Change.EDITED, first);

    settled();
    assertThat(pushes(token)).hasSize(2);
  }

  @Test
  void anEditBeforeItRangShouldRingWithTheNewWords() {
    String token = token("phone");
    register(ann, token, "android");
    Stored message = message(conversation, 1, "GROUP", "helo", ann);
    edit(message, "hello");

    publish(message);
    publishChanged(Change.EDITED, message);

    assertThat(onlyPush(token).toString()).contains("hello");
    settled();
    assertThat(pushes(token)).hasSize(1);
  }

  @Test
  void whatIsDeletedShouldBeTakenAway() {
    String token = token("phone");
    register(ann, token, "android");
    Stored message = ring(1, "regretted");

    FACTS.message(message, "gone", true);
    publishChanged(Change.DELETED, message);

    awaitDecided(ann, message, "WITHDRAWN MESSAGE DELETED");
    settled();
    assertThat(pushes(token)).hasSize(2);
    assertThat(pushes(token).getFirst().toString()).doesNotContain("regretted");
  }

  @Test
  void whatIsDeletedShouldMakeRoomForWhatRangBefore() {
    String token = token("phone");
    register(ann, token, "android");
    Stored first = ring(1, "first");
    Stored second = ring(2, "second");

    FACTS.message(second, "gone", true);
    publishChanged(Change.DELETED, second);

    awaitDecided(ann, second, "WITHDRAWN MESSAGE DELETED");
    settled();
    assertThat(pushes(token)).hasSize(3);
    assertThat(pushes(token).getFirst().toString()).contains("first");
    assertThat(decided(ann, first)).isEqualTo("RANG MESSAGE");

    read(first);
    publishRead(first, ann);

    awaitDecided(ann, first, "WITHDRAWN MESSAGE READ");
    settled();
    assertThat(pushes(token)).hasSize(4);
  }

  @Test
  void whatIsDeletedUnderneathShouldChangeNothing() {
    String token = token("phone");
    register(ann, token, "android");
    Stored first = ring(1, "first");
    ring(2, "second");

    FACTS.message(first, "gone", true);
    publishChanged(Change.DELETED, first);

    awaitDecided(ann, first, "WITHDRAWN MESSAGE DELETED");
    settled();
    assertThat(pushes(token)).hasSize(2);
  }

  @Test
  void aWithdrawalThatFcmDoesNotTakeShouldBeTriedAgain() {
    // The second send is the withdrawal: it fails twice.
    String token = token("phone");
    String device = register(ann, token, "android");
    Stored message = ring(1, "hello");
    String flaky = token("internal-2");
    retoken(device, flaky);

    read(message);
    publishRead(message, ann);

    awaitDecided(ann, message, "WITHDRAWN MESSAGE READ");
    await("withdrawal", () -> pushes(flaky).size() == 1);
    settled();
    assertThat(refusals(flaky)).hasSize(2);
    assertThat(pushes(flaky)).hasSize(1);
  }

  @Test
  void whatWasReadWhileItWasBeingPushedShouldBeTakenAway() {
    String token = token("slow-1500");
    register(ann, token, "android");
    Stored message = message(conversation, 1, "GROUP", "hello", ann);
    publish(message);
    await("a send under way", () -> FCM.begun(token) > 0);

    read(message);
    publishRead(message, ann);

    awaitDecided(ann, message, "WITHDRAWN MESSAGE READ");
    settled();
    assertThat(pushes(token)).hasSize(2);
  }

  @Test
  void aNewMessageShouldRingAfterWhatWasReadIsTakenAway() {
    String token = token("phone");
    register(ann, token, "android");
    Stored first = ring(1, "first");
    read(first);

    publishRead(first, ann);
    Stored second = ring(2, "second");

    settled();
    assertThat(pushes(token).getFirst().at("/data/messageId").asString())
        .isEqualTo(second.messageId());
    assertThat(pushes(token).size()).isBetween(2, 3);
  }

  @Test
  void whatDisappearsShouldBeTakenAwayThen() {
    String token = token("phone");
    register(ann, token, "android");
    Stored plain = message(conversation, 1, "GROUP", "soon gone", ann);
    Stored message =
        new Stored(
            plain.conversationId(),
            plain.conversationKind(),
            plain.seq(),
            plain.messageId(),
            plain.senderId(),
            plain.sentAt(),
            plain.recipients(),
            Instant.now().plusSeconds(4));

    publish(message);

    awaitDecided(ann, message, "RANG MESSAGE");
    awaitDecided(ann, message, "WITHDRAWN MESSAGE EXPIRED");
    assertThat(pushes(token)).hasSize(2);
  }

  /** Published, and on all screens. */
  private Stored ring(long seq, String text) {
    Stored message = message(conversation, seq, "GROUP", text, ann);
    publish(message);
    awaitDecided(ann, message, "RANG MESSAGE");
    return message;
  }

  private void read(Stored message) {
    FACTS.read(message, ann);
  }

  private static void edit(Stored message, String text) {
    FACTS.message(message, "text", text);
    FACTS.message(message, "editedAt", Instant.now().toString());
  }

  private static void retoken(String device, String token) {
    jdbc.sql("UPDATE devices SET token = ?, token_hash = sha256(?::bytea) WHERE id = ?::uuid")
        .params(token, token, device)
        .update();
  }
}
