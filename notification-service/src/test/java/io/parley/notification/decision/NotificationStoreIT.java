package io.parley.notification.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.MessagesStored.Stored;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.ServiceHarness;
import io.parley.notification.decision.NotificationStore.MessagePlace;
import io.parley.notification.decision.NotificationStore.Stretch;
import io.parley.notification.decision.NotificationStore.Touched;
import io.parley.notification.decision.NotificationStore.Turn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** The table by itself: this node's own loop stands still, and nothing else is due. */
class NotificationStoreIT extends ServiceHarness {

  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final Duration SOON = Duration.ofSeconds(3);
  private static final Duration NOW = Duration.ofSeconds(-1);

  private final NotificationStore store;
  private final DueNotifications due;
  private final ConversationId conversation = new ConversationId(UUID.randomUUID());
  private final UUID first = UUID.randomUUID();
  private final UUID second = UUID.randomUUID();

  NotificationStoreIT(@Autowired NotificationStore store, @Autowired DueNotifications due) {
    this.store = store;
    this.due = due;
  }

  @BeforeEach
  void stand() {
    due.stop();
    jdbc.sql("UPDATE notifications SET due_at = NULL").update();
  }

  @AfterEach
  void goOn() {
    jdbc.sql("UPDATE notifications SET due_at = NULL").update();
    due.start();
  }

  @Test
  void addShouldMakeARowForWhoHasADeviceOrGetsDigestsOnce() {
    UserId ann = withDevice();
    UserId ben = user();
    Stored message = stored(1, ann, ben, ann);

    assertThat(store.add(List.of(message, message), NOW)).isEqualTo(2);
    assertThat(store.add(List.of(message), NOW)).isZero();
    assertThat(decided(ann, message)).isEqualTo("WAITING");
    assertThat(decided(ben, message)).isEqualTo("WAITING NO_DEVICE");
    assertThat(claim(UUID.randomUUID(), LEASE))
        .extracting(Notification::user)
        .contains(ann)
        .doesNotContain(ben);
  }

  @Test
  void addShouldMakeNoRowForWhoWasErased() {
    UserId ann = withDevice();
    jdbc.sql("INSERT INTO erasures VALUES (?, gen_random_uuid(), 0, 0, now())")
        .param(ann.value())
        .update();

    assertThat(store.add(List.of(stored(1, ann)), NOW)).isZero();
  }

  @Test
  void claimShouldGoToOneOnlyUntilTheLeaseEnds() {
    UserId ann = withDevice();
    store.add(List.of(stored(1, ann)), NOW);

    assertThat(claim(first, LEASE)).hasSize(1).allSatisfy(n -> assertThat(n.left()).isFalse());
    assertThat(claim(second, LEASE)).isEmpty();
    expire(first);
    assertThat(store.claim(Turn.ANY, second, 10, LEASE, SOON, false, Set.of())).isEmpty();
    assertThat(store.claim(Turn.ANY, second, 10, LEASE, SOON, true, Set.of(first))).isEmpty();

    assertThat(claim(second, LEASE)).hasSize(1).allSatisfy(n -> assertThat(n.left()).isTrue());
  }

  @Test
  void nothingShouldBeClaimedBeforeItIsDue() {
    store.add(List.of(stored(1, withDevice())), Duration.ofSeconds(30));

    assertThat(claim(first, LEASE)).isEmpty();
    assertThat(store.untilDue().orElseThrow())
        .isBetween(Duration.ofSeconds(25), Duration.ofSeconds(31));
  }

  @Test
  void claimsAtTheSameTimeShouldShareWhatIsDue() throws Exception {
    List<UserId> users = IntStream.range(0, 60).mapToObj(i -> withDevice()).toList();
    store.add(List.of(stored(1, users.toArray(UserId[]::new))), NOW);
    Callable<List<Notification>> some =
        () -> {
          List<Notification> mine = new ArrayList<>();
          for (int tries = 0; tries < 40; tries++) {
            mine.addAll(store.claim(Turn.ANY, UUID.randomUUID(), 3, LEASE, SOON, true, Set.of()));
          }
          return mine;
        };
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Set<UserId> claimed = new HashSet<>();
      int count = 0;
      for (Future<List<Notification>> one : threads.invokeAll(List.of(some, some, some, some))) {
        one.get().forEach(n -> claimed.add(n.user()));
        count += one.get().size();
      }
      assertThat(claimed).containsExactlyInAnyOrderElementsOf(users);
      assertThat(count).isEqualTo(users.size());
    }
  }

  @Test
  void claimShouldLetOthersPassTheRecipientsOfALargeGroup() {
    List<UserId> crowd = IntStream.range(0, 200).mapToObj(i -> withDevice()).toList();
    UserId ann = withDevice();
    store.add(List.of(stored(1, crowd.toArray(UserId[]::new))), NOW);
    Stored small = message(new ConversationId(UUID.randomUUID()), 1, "DIRECT", "to one", ann);
    store.add(List.of(small), NOW);

    List<Notification> turns = claim(first, LEASE);
    List<Notification> others = store.claim(Turn.ANY, second, 100, LEASE, SOON, true, Set.of());

    assertThat(turns).extracting(Notification::user).contains(ann);
    assertThat(others).isNotEmpty().extracting(Notification::user).doesNotContain(ann);
  }

  @Test
  void othersShouldHaveTheirTurnHoweverMuchIsDueForLonger() {
    insertDue(6_000);
    UserId ann = withDevice();
    store.add(
        List.of(message(new ConversationId(UUID.randomUUID()), 1, "DIRECT", "to one", ann)), NOW);

    assertThat(claim(first, LEASE)).extracting(Notification::user).containsExactly(ann);
  }

  /** Of users whose turn does not come soon. */
  private void insertDue(int count) {
    jdbc.sql(
            """
            INSERT INTO notifications (
              user_id, message_id, conversation_id, conversation_kind, seq, sender_id, sent_at,
              state, due_at, turn_at, created_at)
            SELECT gen_random_uuid(), :message, :conversation, 'GROUP', 1, gen_random_uuid(),
              now(), 'WAITING', now() - interval '1 min', now() + interval '1 h', now()
            FROM generate_series(1, :count)
            """)
        .param("message", UUID.randomUUID().toString())
        .param("conversation", conversation.value())
        .param("count", count)
        .update();
  }

  @Test
  void recipientsShouldKeepTheirPlacesWhenTheyHaveToWait() {
    UserId[] crowd = IntStream.range(0, 41).mapToObj(i -> withDevice()).toArray(UserId[]::new);
    store.add(List.of(stored(1, crowd)), NOW);
    List<Notification> all = store.claim(Turn.ANY, first, 100, LEASE, SOON, true, Set.of());

    store.settle(
        first,
        all.stream().map(n -> Settlement.of(n, State.WAITING, null).again(Duration.ZERO)).toList());

    assertThat(all).hasSize(41);
    assertThat(turnsLeft()).isEqualTo(3);
  }

  @Test
  void whatIsTakenAwayFromManyShouldLetOthersPassAsWell() {
    UserId[] crowd = IntStream.range(0, 41).mapToObj(i -> withDevice()).toArray(UserId[]::new);
    Stored message = stored(1, crowd);
    store.add(List.of(message), NOW);
    rang(List.of(message));

    store.deleted(List.of(new MessagePlace(conversation, 1)));

    assertThat(turnsLeft()).isEqualTo(3);
  }

  private int turnsLeft() {
    return jdbc.sql(
            """
            SELECT count(DISTINCT turn_at) FROM notifications
            WHERE conversation_id = :conversation AND due_at IS NOT NULL
            """)
        .param("conversation", conversation.value())
        .query(Integer.class)
        .single();
  }

  @Test
  void settleShouldLetGoAndLeaveAloneWhatAnotherHas() {
    UserId ann = withDevice();
    Stored message = stored(1, ann);
    store.add(List.of(message), NOW);
    Notification mine = claim(first, LEASE).getFirst();
    expire(first);
    claim(second, LEASE);

    store.settle(first, List.of(Settlement.of(mine, State.SILENT, Reason.READ)));
    assertThat(decided(ann, message)).isEqualTo("WAITING");

    store.settle(second, List.of(Settlement.of(mine, State.RANG, Reason.MESSAGE)));
    assertThat(decided(ann, message)).isEqualTo("RANG MESSAGE");
    assertThat(claim(first, LEASE)).isEmpty();
  }

  @Test
  void whatHappensWhileARowIsInHandShouldNotBeMissed() {
    UserId ann = withDevice();
    Stored message = stored(1, ann);
    store.add(List.of(message), NOW);
    Notification mine = claim(first, LEASE).getFirst();

    read(ann, 1);
    assertThat(decided(ann, message)).isEqualTo("WAITING");
    store.settle(first, List.of(Settlement.of(mine, State.RANG, Reason.MESSAGE)));

    List<Notification> again = claim(second, LEASE);
    assertThat(again).hasSize(1);
    assertThat(again.getFirst().state()).isEqualTo(State.RANG);
    store.settle(second, List.of(Settlement.of(again.getFirst(), State.RANG, Reason.MESSAGE)));
    assertThat(claim(first, LEASE)).isEmpty();
  }

  @Test
  void readShouldTouchWhatIsNotAfterItAndTheReadersOnly() {
    UserId ann = withDevice();
    UserId bob = withDevice();
    List<Stored> messages =
        IntStream.rangeClosed(1, 3).mapToObj(seq -> stored(seq, ann, bob)).toList();
    store.add(messages, Duration.ofMinutes(1));

    assertThat(read(ann, 2).settled()).isEqualTo(2);

    assertThat(decided(ann, messages.get(1))).isEqualTo("SILENT READ");
    assertThat(decided(ann, messages.get(2))).isEqualTo("WAITING");
    assertThat(decided(bob, messages.get(0))).isEqualTo("WAITING");
  }

  @Test
  void onlyTheNewestThatRangShouldBePutRight() {
    UserId ann = withDevice();
    List<Stored> messages = IntStream.rangeClosed(1, 3).mapToObj(seq -> stored(seq, ann)).toList();
    rang(messages);

    read(ann, 2);
    assertThat(claim(first, LEASE)).isEmpty();

    read(ann, 3);
    assertThat(claim(first, LEASE)).hasSize(1).allSatisfy(n -> assertThat(n.seq()).isEqualTo(3));
  }

  @Test
  void whatIsToBePutRightShouldWaitForWhatIsAboutToRing() {
    UserId ann = withDevice();
    Stored old = stored(1, ann);
    rang(List.of(old));
    store.add(List.of(stored(2, ann)), Duration.ofMillis(1_500));

    store.deleted(List.of(new MessagePlace(conversation, 1)));

    assertThat(claim(first, LEASE)).isEmpty();
    await("the newer", () -> claim(second, LEASE).stream().anyMatch(n -> n.seq() == 2));
    assertThat(claim(first, LEASE)).isEmpty();
  }

  @Test
  void anEditShouldBeDueOnceForWhatRang() {
    UserId ann = withDevice();
    UserId bob = withDevice();
    Stored message = stored(1, ann);
    rang(List.of(message));
    store.add(List.of(again(message, bob)), Duration.ofMinutes(1));

    store.edited(List.of(new MessagePlace(conversation, 1)));
    store.edited(List.of(new MessagePlace(conversation, 1)));

    List<Notification> claimed = new ArrayList<>();
    await(
        "due",
        () -> {
          claimed.addAll(claim(first, LEASE));
          return !claimed.isEmpty();
        });
    assertThat(claimed).hasSize(1).allSatisfy(n -> assertThat(n.user()).isEqualTo(ann));
    store.settle(first, List.of(Settlement.of(claimed.getFirst(), State.RANG, Reason.MESSAGE)));
    assertThat(store.untilDue().orElseThrow()).isGreaterThan(Duration.ofSeconds(30));
  }

  @Test
  void eventsAtTheSameTimeShouldNotDeadlock() throws Exception {
    List<UserId> users = IntStream.range(0, 100).mapToObj(i -> withDevice()).toList();
    Stored message = stored(1, users.toArray(UserId[]::new));
    store.add(List.of(message), NOW);
    List<Stretch> reads = users.stream().map(user -> upTo(user, 1)).toList();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Object>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        List<Stretch> shuffled = new ArrayList<>(reads);
        Collections.shuffle(shuffled);
        all.add(() -> store.ended(shuffled, Reason.READ));
        all.add(() -> store.deleted(List.of(new MessagePlace(conversation, 1))));
      }
      for (Future<Object> one : threads.invokeAll(all)) {
        one.get();
      }
    }
    assertThat(claim(first, LEASE)).isEmpty();
  }

  @Test
  void cleanUpShouldDeleteOldRowsOnly() {
    UserId ann = withDevice();
    Stored old = stored(1, ann);
    Stored young = stored(2, ann);
    store.add(List.of(old, young), NOW);
    jdbc.sql("UPDATE notifications SET created_at = now() - interval '8 days' WHERE message_id = ?")
        .param(old.messageId())
        .update();

    assertThat(store.cleanUp(Duration.ofDays(7))).isFalse();

    assertThat(decided(ann, old)).isNull();
    assertThat(decided(ann, young)).isEqualTo("WAITING");
  }

  private List<Notification> claim(UUID claim, Duration lease) {
    return store.claim(Turn.COME, claim, 100, lease, SOON, true, Set.of());
  }

  private static void expire(UUID claim) {
    jdbc.sql("UPDATE notifications SET lease_until = now() - interval '1 s' WHERE claim = ?")
        .param(claim)
        .update();
  }

  private Stretch upTo(UserId user, long seq) {
    return new Stretch(user, conversation, null, 0, seq);
  }

  private Touched read(UserId user, long seq) {
    return store.ended(List.of(upTo(user, seq)), Reason.READ);
  }

  private void rang(List<Stored> messages) {
    store.add(messages, NOW);
    UUID claim = UUID.randomUUID();
    store.settle(
        claim,
        store.claim(Turn.ANY, claim, 100, LEASE, SOON, true, Set.of()).stream()
            .map(one -> Settlement.of(one, State.RANG, Reason.MESSAGE))
            .toList());
  }

  private Stored stored(long seq, UserId... recipients) {
    return message(conversation, seq, "GROUP", "hello", recipients);
  }

  private static UserId withDevice() {
    UserId user = user();
    jdbc.sql(
            """
            INSERT INTO devices (id, user_id, platform, token, token_hash, created_at, seen_at)
            SELECT gen_random_uuid(), ?, 'ANDROID', t, sha256(t::bytea), now(), now()
            FROM (SELECT 'store-' || gen_random_uuid() AS t) AS token
            """)
        .param(user.value())
        .update();
    return user;
  }
}
