package io.parley.message.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.Conversations.Roster;
import io.parley.message.conversation.Member;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Whom a feed serves, and with what. */
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
          public long heardNanos() {
            return 0;
          }
        },
        1);
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
