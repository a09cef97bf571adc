package io.parley.notification.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.ConversationsRead;
import io.parley.common.events.MessagesChanged.Change;
import io.parley.common.events.MessagesStored.Stored;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.ServiceHarness;
import java.nio.charset.StandardCharsets;
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
  void whatIsReadInAThreadShouldMakeRoomForWhatRangElsewhere() {
    String token = token("phone");
    register(ann, token, "android");
    Stored plain = ring(1, "to all");
    Stored other = ring(reply(conversation, 2, 4, "in another thread", ann));
    Stored first = ring(reply(conversation, 3, 5, "a reply", ann));
    Stored second = ring(reply(conversation, 3, 6, "one more", ann));

    read(first);
    read(second);
    publishThreadRead(second, ann);

    awaitDecided(ann, second, "WITHDRAWN MESSAGE READ");
    awaitDecided(ann, first, "WITHDRAWN MESSAGE READ");
    settled();
    assertThat(decided(ann, plain)).isEqualTo("RANG MESSAGE");
    assertThat(decided(ann, other)).isEqualTo("RANG MESSAGE");
    assertThat(pushes(token)).hasSize(5);
    assertThat(pushes(token).getFirst().at("/data/kind").asString()).isEqualTo("UPDATE");
    assertThat(pushes(token).getFirst().toString()).contains("in another thread");
  }

  @Test
  void whatIsReadInAThreadShouldBeTakenAwayWhereNothingElseRang() {
    String token = token("phone");
    register(ann, token, "android");
    Stored reply = ring(reply(conversation, 3, 5, "a reply", ann));

    read(reply);
    publishThreadRead(reply, ann);

    awaitDecided(ann, reply, "WITHDRAWN MESSAGE READ");
    settled();
    assertThat(pushes(token)).hasSize(2);
    assertThat(pushes(token).getFirst().at("/data/kind").asString()).isEqualTo("WITHDRAW");
  }

  @Test
  void aThreadsMarkerShouldSettleItsRepliesThatWaitAndNoOthers() {
    String token = token("phone");
    register(ann, token, "android");
    Stored reply = reply(conversation, 3, 5, "a reply", ann);
    Stored later = reply(conversation, 3, 8, "a later one", ann);
    Stored plain = message(conversation, 6, "GROUP", "to all", ann);
    for (Stored one : List.of(reply, later, plain)) {
      FACTS.recipient(one, ann, "foreground", true);
    }
    publish(reply, later, plain);
    awaitDecided(ann, reply, "WAITING FOREGROUND");

    publishThreadRead(reply, ann);

    awaitDecided(ann, reply, "SILENT READ");
    awaitDecided(ann, plain, "RANG MESSAGE");
    awaitDecided(ann, later, "RANG MESSAGE");
    assertThat(pushes(token)).hasSize(2);
  }

  /** As of an earlier build of message-service. */
  @Test
  void aReadThatNamesNoThreadsShouldBeUnderstood() {
    String token = token("phone");
    register(ann, token, "android");
    Stored message = ring(1, "hello");
    read(message);

    publish(
        ConversationsRead.ROUTING_KEY,
        "{\"items\":[{\"userId\":\"%s\",\"conversationId\":\"%s\",\"seq\":1}]}"
            .formatted(ann, conversation)
            .getBytes(StandardCharsets.UTF_8));

    awaitDecided(ann, message, "WITHDRAWN MESSAGE READ");
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

  @Test
  void whatOneDeletesForOneselfShouldMakeRoomForWhatRangBefore() {
    String token = token("phone");
    register(ann, token, "android");
    Stored first = ring(1, "first");
    Stored second = ring(2, "second");

    FACTS.recipient(second, ann, "sees", false);
    publishHidden(conversation, ann, 2, 2);

    awaitDecided(ann, second, "WITHDRAWN MESSAGE NOT_VISIBLE");
    settled();
    assertThat(decided(ann, first)).isEqualTo("RANG MESSAGE");
    assertThat(pushes(token)).hasSize(3);
    assertThat(pushes(token).getFirst().toString()).contains("first");
  }

  @Test
  void whoLeavesShouldSeeNothingOfItAnyMore() {
    UserId bob = user();
    String anns = token("phone");
    String bobs = token("phone");
    register(ann, anns, "android");
    register(bob, bobs, "android");
    List<Stored> messages = new ArrayList<>();
    for (int seq = 1; seq <= 8; seq++) {
      messages.add(message(conversation, seq, "GROUP", "no " + seq, ann, bob));
      publish(messages.getLast());
      awaitDecided(ann, messages.getLast(), "RANG MESSAGE");
      awaitDecided(bob, messages.getLast(), "RANG MESSAGE");
    }
    FACTS.badge(ann, 3);

    messages.forEach(message -> FACTS.recipient(message, ann, "sees", false));
    publishHidden(conversation, ann, 1, 9);

    messages.forEach(message -> awaitDecided(ann, message, "WITHDRAWN MESSAGE NOT_VISIBLE"));
    settled();
    assertThat(pushes(anns)).hasSize(9);
    JsonNode last = pushes(anns).getFirst();
    assertThat(last.at("/data/kind").asString()).isEqualTo("WITHDRAW");
    assertThat(last.at("/data/seq").asString()).isEqualTo("8");
    assertThat(last.at("/data/badge").asString()).isEqualTo("3");
    assertThat(pushes(bobs)).hasSize(8);
    assertThat(decided(bob, messages.getLast())).isEqualTo("RANG MESSAGE");
  }

  @Test
  void whatWaitsForWhoLeavesShouldNeverRingAndWhatComesAfterTheyAreBackShould() {
    String token = token("phone");
    register(ann, token, "android");
    Stored before = message(conversation, 3, "GROUP", "before", ann);
    Stored after = message(conversation, 6, "GROUP", "after", ann);
    FACTS.recipient(before, ann, "foreground", true);
    FACTS.recipient(after, ann, "foreground", true);
    publish(before, after);
    awaitDecided(ann, before, "WAITING FOREGROUND");

    publishHidden(conversation, ann, 1, 4);

    awaitDecided(ann, before, "SILENT NOT_VISIBLE");
    awaitDecided(ann, after, "RANG MESSAGE");
    assertThat(pushes(token)).hasSize(1);
  }

  @Test
  void aBlockShouldTakeAwayWhatEachHasFromTheOther() {
    UserId bob = user();
    String anns = token("phone");
    String bobs = token("phone");
    register(ann, anns, "android");
    register(bob, bobs, "android");
    Stored fromBob = ring(from(bob, message(conversation, 1, "GROUP", "from bob", ann)));
    Stored fromAnn = from(ann, message(conversation, 2, "GROUP", "from ann", bob));
    publish(fromAnn);
    awaitDecided(bob, fromAnn, "RANG MESSAGE");
    Stored direct = ring(from(bob, message("to you alone", ann)));
    Stored fromOther = ring(message("of somebody else", ann));

    for (Stored one : List.of(fromBob, direct)) {
      FACTS.recipient(one, ann, "blocked", true);
    }
    FACTS.recipient(fromAnn, bob, "blocked", true);
    publishApart(ann, bob);

    awaitDecided(ann, fromBob, "WITHDRAWN MESSAGE BLOCKED");
    awaitDecided(ann, direct, "WITHDRAWN MESSAGE BLOCKED");
    awaitDecided(bob, fromAnn, "WITHDRAWN MESSAGE BLOCKED");
    settled();
    assertThat(decided(ann, fromOther)).isEqualTo("RANG MESSAGE");
    assertThat(pushes(anns)).hasSize(5);
    assertThat(pushes(bobs)).hasSize(2);
  }

  @Test
  void aBlockThatComesLateShouldSilenceNothingThatWaits() {
    UserId bob = user();
    String token = token("phone");
    register(ann, token, "android");
    Stored message = from(bob, message(conversation, 1, "GROUP", "friends again", ann));
    FACTS.recipient(message, ann, "foreground", true);
    publish(message);
    awaitDecided(ann, message, "WAITING FOREGROUND");

    publishApart(bob, ann);

    awaitDecided(ann, message, "RANG MESSAGE");
    assertThat(pushes(token)).hasSize(1);
  }

  private static Stored from(UserId sender, Stored message) {
    return new Stored(
        message.conversationId(),
        message.conversationKind(),
        message.seq(),
        message.messageId(),
        sender,
        message.sentAt(),
        message.recipients(),
        null);
  }

  /** Published, and on all screens. */
  private Stored ring(long seq, String text) {
    return ring(message(conversation, seq, "GROUP", text, ann));
  }

  private Stored ring(Stored message) {
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
