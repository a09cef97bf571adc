package io.parley.message.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.ConversationsRead;
import io.parley.common.events.ConversationsRead.ThreadRead;
import io.parley.common.events.MessagesChanged;
import io.parley.common.events.MessagesChanged.Change;
import io.parley.common.events.MessagesStored;
import io.parley.common.events.MessagesStored.Stored;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.Member;
import io.parley.message.log.EventId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PackingTest {

  private record Taken(String routingKey, Object event, @Nullable String traceparent) {}

  private static final UserId AUTHOR = new UserId(new UUID(1, 1));

  private final ConversationId conversation = new ConversationId(new UUID(0, 1));
  private final List<Taken> taken = new ArrayList<>();
  private final Packing packing =
      new Packing((key, event, traceparent) -> taken.add(new Taken(key, event, traceparent)));

  private static UserId user(int number) {
    return new UserId(new UUID(2, number));
  }

  private News.Message message(long seq, List<Member> roster, @Nullable String traceparent) {
    return new News.Message(
        conversation,
        Conversation.Kind.GROUP,
        seq,
        new EventId(new UUID(3, seq)),
        AUTHOR,
        Instant.EPOCH,
        null,
        null,
        roster,
        traceparent);
  }

  /** Its author is one more. */
  private News.Message toMembers(long seq, int members) {
    List<Member> roster = new ArrayList<>();
    IntStream.range(0, members).forEach(number -> roster.add(Member.plain(user(number))));
    roster.add(members / 2, Member.plain(AUTHOR));
    return message(seq, roster, null);
  }

  private List<MessagesStored> stored() {
    return taken.stream()
        .filter(each -> each.routingKey().equals(MessagesStored.ROUTING_KEY))
        .map(each -> (MessagesStored) each.event())
        .toList();
  }

  private static int recipients(MessagesStored event) {
    return event.items().stream().mapToInt(item -> item.recipients().size()).sum();
  }

  @Test
  void manySmallMessagesShouldBeOneEventInTheirOrder() {
    LongStream.rangeClosed(1, 20).forEach(seq -> packing.add(toMembers(seq, 49)));
    packing.end();

    assertThat(stored()).hasSize(1);
    assertThat(stored().getFirst().items())
        .extracting(Stored::seq)
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 20).boxed().toList());
    assertThat(recipients(stored().getFirst())).isEqualTo(980);
  }

  @Test
  void bigGroupsShouldBeSeveralEventsOfBoundedSize() {
    packing.add(toMembers(1, 10));
    packing.add(toMembers(2, 9_999));
    packing.add(toMembers(3, 1));
    packing.end();

    assertThat(stored()).allMatch(event -> recipients(event) <= MessagesStored.MAX_RECIPIENTS);
    List<UserId> ofSecond =
        stored().stream()
            .flatMap(event -> event.items().stream())
            .filter(item -> item.seq() == 2)
            .flatMap(item -> item.recipients().stream())
            .toList();
    assertThat(ofSecond)
        .containsExactlyElementsOf(IntStream.range(0, 9_999).mapToObj(PackingTest::user).toList());
    assertThat(stored().stream().mapToInt(PackingTest::recipients).sum()).isEqualTo(10_010);
    assertThat(stored()).hasSize(11);
  }

  /** Who has just joined may see it or not: that is asked later. */
  @Test
  void whoDoesNotSeeAMessageShouldNotBeToldOfIt() {
    packing.add(
        message(
            5,
            List.of(
                Member.plain(AUTHOR),
                Member.plain(user(1)).seeingFrom(5),
                Member.plain(user(2)).seeingFrom(6),
                Member.plain(user(3)).seeingFrom(Member.NOTHING_YET)),
            null));
    packing.add(message(6, List.of(Member.plain(AUTHOR)), null));
    packing.end();

    assertThat(stored()).hasSize(1);
    assertThat(stored().getFirst().items())
        .singleElement()
        .extracting(Stored::recipients)
        .isEqualTo(List.of(user(1), user(3)));
  }

  @Test
  void changesAndReadMarkersShouldBeBoundedToo() {
    List<Long> hundred = LongStream.rangeClosed(1, 100).boxed().toList();
    for (int i = 0; i < 25; i++) {
      packing.add(new News.Changes(conversation, 200 + i, hundred, Change.DELETED, null));
    }
    IntStream.range(0, 2_001)
        .forEach(number -> packing.add(new News.Read(user(number), conversation, 0, 7)));
    packing.end();

    assertThat(taken)
        .extracting(
            each ->
                each.event() instanceof MessagesChanged changed
                    ? changed.items().size()
                    : ((ConversationsRead) each.event()).items().size())
        .containsExactlyInAnyOrder(10, 10, 5, 1_000, 1_000, 1);
  }

  @Test
  void markersOfThreadsShouldBeToldApartAndCountedTogether() {
    IntStream.range(0, 600)
        .forEach(number -> packing.add(new News.Read(user(number), conversation, 0, 7)));
    IntStream.range(0, 600)
        .forEach(number -> packing.add(new News.Read(user(number), conversation, 3, 8)));
    packing.end();

    assertThat(taken)
        .extracting(each -> (ConversationsRead) each.event())
        .satisfiesExactly(
            first -> {
              assertThat(first.items()).hasSize(600);
              assertThat(first.threads()).hasSize(400);
            },
            second -> {
              assertThat(second.items()).isEmpty();
              assertThat(second.threads())
                  .hasSize(200)
                  .last()
                  .isEqualTo(new ThreadRead(user(599), conversation, 3, 8));
            });
  }

  @Test
  void whatSomeSeeNoMoreShouldBeBoundedByTheUsers() {
    List<UserId> many = IntStream.range(0, 2_400).mapToObj(PackingTest::user).toList();
    packing.add(new News.Apart(user(1), user(2)));
    packing.add(new News.Hidden(conversation, many, 1, 9));
    packing.add(new News.Changes(conversation, 10, List.of(5L), Change.EDITED, "trace"));
    packing.end();

    assertThat(taken)
        .extracting(each -> (MessagesChanged) each.event())
        .satisfiesExactly(
            first -> {
              assertThat(first.apart()).hasSize(1);
              assertThat(first.hidden())
                  .singleElement()
                  .matches(one -> one.userIds().size() == 999);
            },
            second ->
                assertThat(second.hidden())
                    .singleElement()
                    .isEqualTo(
                        new MessagesChanged.Hidden(conversation, many.subList(999, 1_999), 1, 9)),
            third -> {
              assertThat(third.hidden())
                  .singleElement()
                  .matches(one -> one.userIds().size() == 401);
              assertThat(third.items()).hasSize(1);
            });
    assertThat(taken).extracting(Taken::traceparent).containsExactly(null, null, "trace");
  }

  @Test
  void anEventShouldBelongToItsFirstTrace() {
    List<Member> two = List.of(Member.plain(AUTHOR), Member.plain(user(1)));
    packing.add(message(1, two, null));
    packing.add(message(2, two, "one"));
    packing.add(message(3, two, "other"));
    packing.end();
    packing.add(message(4, two, null));
    packing.end();

    assertThat(taken).extracting(Taken::traceparent).containsExactly("one", null);
  }

  @Test
  void nothingShouldBeNoEvent() {
    packing.end();
    assertThat(taken).isEmpty();
  }
}
