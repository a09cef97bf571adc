package io.parley.message.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.bus.BusEvent;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.Conversations.Roster;
import io.parley.message.conversation.Member;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a feed lets through, and when. */
class ConversationFeedTest {

  private final ConversationId id = new ConversationId(UUID.randomUUID());
  private final UserId ann = new UserId(UUID.randomUUID());
  private final UserId ben = new UserId(UUID.randomUUID());
  private final ConversationFeed feed = new ConversationFeed(id);

  private Roster roster(Member... members) {
    Map<UserId, Member> all = new HashMap<>();
    for (Member member : members) {
      all.put(member.user(), member);
    }
    return new Roster(Conversation.ofGroup(id, "group", null, false), all);
  }

  private void open(long head) {
    feed.open(head, roster(Member.plain(ann), Member.plain(ben)), head);
  }

  private static BusEvent event(long seq) {
    return BusEvent.of(seq, "{\"type\":\"MESSAGE\",\"seq\":" + seq + "}");
  }

  /** The seqs that are delivered when this one comes. */
  private List<Long> accept(long seq) {
    List<Long> delivered = new ArrayList<>();
    for (BusEvent next = feed.accept(event(seq)); next != null; next = feed.nextHeld()) {
      delivered.add(next.seq());
    }
    return delivered;
  }

  private LocalConnection connection(UserId user) {
    return new LocalConnection(
        new Connection() {
          @Override
          public UserId user() {
            return user;
          }

          @Override
          public void enqueue(Outgoing event) {}

          @Override
          public void flush() {}

          @Override
          public boolean isLost() {
            return false;
          }

          @Override
          public long heardNanos() {
            return 0;
          }
        },
        1);
  }

  @Test
  void eventsShouldBeDeliveredInOrderEachOnce() {
    open(4);
    assertThat(accept(5)).containsExactly(5L);
    assertThat(accept(5)).isEmpty();
    assertThat(accept(4)).isEmpty();
    assertThat(accept(6)).containsExactly(6L);
    assertThat(feed.mayMiss()).isFalse();
  }

  @Test
  void earlyEventsShouldWaitForThoseBeforeThem() {
    open(0);
    assertThat(accept(3)).isEmpty();
    assertThat(accept(2)).isEmpty();
    assertThat(accept(5)).isEmpty();
    assertThat(feed.mayMiss()).isTrue();
    assertThat(accept(1)).containsExactly(1L, 2L, 3L);
    assertThat(feed.mayMiss()).isTrue();
    assertThat(accept(4)).containsExactly(4L, 5L);
    assertThat(feed.mayMiss()).isFalse();
    assertThat(feed.head()).isEqualTo(5);
  }

  @Test
  void whatComesBeforeItIsOpenShouldWait() {
    assertThat(accept(7)).isEmpty();
    assertThat(accept(9)).isEmpty();
    assertThat(accept(6)).isEmpty();
    open(6);
    assertThat(feed.nextHeld()).extracting(BusEvent::seq).isEqualTo(7L);
    assertThat(feed.nextHeld()).isNull();
    assertThat(feed.mayMiss()).isTrue();
    assertThat(accept(8)).containsExactly(8L, 9L);
  }

  @Test
  void seqThatWasGivenOutAboveTheHeadShouldBeMissed() {
    // 2 is still being written, 3 was published before anybody here listened.
    feed.open(1, roster(Member.plain(ann)), 3);
    assertThat(feed.mayMiss()).isTrue();
    assertThat(accept(2)).containsExactly(2L);
    assertThat(feed.mayMiss()).isTrue();
    assertThat(accept(3)).containsExactly(3L);
    assertThat(feed.mayMiss()).isFalse();
  }

  @Test
  void givingUpShouldNotForgetWhatIsHeld() {
    open(0);
    accept(4);
    feed.expect(9);
    feed.giveUp();
    assertThat(feed.mayMiss()).isTrue();
    assertThat(accept(1)).containsExactly(1L);
    accept(2);
    assertThat(accept(3)).containsExactly(3L, 4L);
    assertThat(feed.mayMiss()).isFalse();
    feed.expect(9);
    feed.giveUp();
    assertThat(feed.mayMiss()).isFalse();
  }

  @Test
  void moreThanCanBeHeldShouldStillBeMissed() {
    open(0);
    for (long seq = 2; seq <= 2_000; seq++) {
      accept(seq);
    }
    List<Long> delivered = accept(1);
    assertThat(delivered.get(0)).isEqualTo(1L);
    assertThat(delivered.size()).isLessThan(2_000);
    assertThat(feed.head()).isEqualTo(delivered.size());
    assertThat(feed.mayMiss()).isTrue();
  }

  @Test
  void jumpShouldDropWhatIsBelowAndGoOnBehindIt() {
    open(0);
    accept(3);
    accept(11);
    feed.jumpTo(10);
    assertThat(feed.nextHeld()).extracting(BusEvent::seq).isEqualTo(11L);
    assertThat(accept(9)).isEmpty();
    assertThat(accept(12)).containsExactly(12L);
    feed.jumpTo(5);
    assertThat(feed.head()).isEqualTo(12);
  }

  @Test
  void doubtThatComesWhileTheLogIsReadShouldStay() {
    open(0);
    feed.doubt();
    feed.comparing();
    assertThat(feed.mayMiss()).isFalse();
    feed.doubt();
    assertThat(feed.mayMiss()).isTrue();
  }

  @Test
  void headShouldBeToldWhenItHasMoved() {
    open(3);
    assertThat(feed.headMoved()).isFalse();
    accept(4);
    assertThat(feed.headMoved()).isTrue();
    assertThat(feed.headMoved()).isFalse();
  }

  @Test
  void joinersShouldSeeWhatIsBehindTheirJoining() {
    feed.open(3, roster(Member.plain(ann), Member.plain(ben).seeingFrom(3)), 3);
    assertThat(feed.isVisibleToAll(2)).isFalse();
    assertThat(feed.isVisibleToAll(3)).isTrue();
    assertThat(feed.isVisibleTo(ann, 2)).isTrue();
    assertThat(feed.isVisibleTo(ben, 2)).isFalse();
    assertThat(feed.isVisibleTo(new UserId(UUID.randomUUID()), 5)).isFalse();
  }

  @Test
  void rosterThatDoesNotKnowHowFarAJoinerSeesShouldTakeItFromTheEvent() {
    open(3);
    UserId cleo = new UserId(UUID.randomUUID());
    Member unknown = Member.plain(cleo).seeingFrom(Member.NOTHING_YET);
    assertThat(feed.setRoster(roster(Member.plain(ann), unknown))).isFalse();
    assertThat(feed.isVisibleTo(cleo, 9)).isFalse();
    feed.membersChanged(List.of(cleo), List.of(ben), "renamed", false, 4);
    assertThat(feed.members()).containsOnlyKeys(ann, cleo);
    assertThat(feed.conversation().name()).isEqualTo("renamed");
    assertThat(feed.setRoster(roster(Member.plain(ann), unknown))).isTrue();
    assertThat(feed.isVisibleTo(cleo, 4)).isTrue();
    assertThat(feed.isVisibleTo(cleo, 3)).isFalse();
  }

  @Test
  void onlyMembersShouldBeServedAndWhoLeavesNoMore() {
    open(0);
    LocalConnection anns = connection(ann);
    LocalConnection bens = connection(ben);
    LocalConnection strangers = connection(new UserId(UUID.randomUUID()));
    assertThat(feed.add(anns)).isTrue();
    assertThat(feed.add(anns)).isFalse();
    assertThat(feed.add(bens)).isTrue();
    assertThat(feed.add(strangers)).isFalse();
    assertThat(anns.isJoinedTo(id)).isTrue();
    feed.membersChanged(List.of(), List.of(ben), "group", false, 1);
    assertThat(feed.removeStrangers()).containsExactly(bens);
    assertThat(bens.isJoinedTo(id)).isFalse();
    assertThat(feed.connections()).containsExactly(anns);
  }

  @Test
  void connectionThatHasEndedShouldNotBeServed() {
    open(0);
    LocalConnection anns = connection(ann);
    anns.end();
    assertThat(feed.add(anns)).isFalse();
    assertThat(feed.connections()).isEmpty();
  }

  @Test
  void feedThatServesNobodyShouldBecomeIdle() {
    open(0);
    assertThat(feed.isIdleSince(System.nanoTime() + 1)).isTrue();
    LocalConnection anns = connection(ann);
    feed.add(anns);
    assertThat(feed.isIdleSince(System.nanoTime() + 1)).isFalse();
    feed.remove(anns);
    assertThat(feed.isIdleSince(System.nanoTime() + 1)).isTrue();
    feed.close();
    assertThat(feed.add(anns)).isFalse();
  }

  @Test
  void rosterReadBeforeItWasOpenShouldBeReadAgain() {
    feed.rosterChanged();
    assertThat(feed.open(0, roster(Member.plain(ann)), 0)).isFalse();
    assertThat(feed.beginRosterRead()).isTrue();
    assertThat(feed.beginRosterRead()).isFalse();
    feed.endRosterRead();
    assertThat(feed.beginRosterRead()).isTrue();
  }
}
