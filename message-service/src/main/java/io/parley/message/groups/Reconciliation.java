package io.parley.message.groups;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.parley.common.ids.ConversationId;
import io.parley.message.blocks.Blocks;
import io.parley.message.conversation.CassandraConversationStore;
import io.parley.message.conversation.CassandraConversationStore.StoredConversation;
import io.parley.message.conversation.FleetClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;

/**
 * Finds groups of which events were lost: compares the versions of all groups with group-service,
 * from time to time and on demand, on one node at a time. It changes nothing itself; what differs
 * is put behind the events that are on their way ({@link GroupEventsListener}), and is no
 * difference any more if they bring it.
 */
@Service
class Reconciliation {

  /**
   * @param every how often a run begins by itself, in all of the fleet
   */
  @ConfigurationProperties("parley.reconciliation")
  record Properties(@DefaultValue("15m") Duration every) {}

  /** How far a run is. */
  enum State {
    @JsonProperty("never")
    NEVER,
    @JsonProperty("running")
    RUNNING,
    @JsonProperty("done")
    DONE,
    @JsonProperty("failed")
    FAILED
  }

  /**
   * The last run.
   *
   * @param full whether members are compared even where the versions are the same, and blocks are
   *     read from user-service again
   * @param compared groups that group-service has
   * @param behind those of them that are compared member by member, as something is missing here
   * @param missing groups that are stored here and not at group-service
   */
  record Status(
      State state,
      boolean full,
      @Nullable Instant startedAt,
      @Nullable Instant finishedAt,
      long compared,
      long behind,
      long missing) {

    static final Status NEVER = new Status(State.NEVER, false, null, null, 0, 0, 0);

    private Status ended(State state, Instant at) {
      return new Status(state, full, startedAt, at, compared, behind, missing);
    }
  }

  private static final Logger log = LoggerFactory.getLogger(Reconciliation.class);
  private static final int PAGE = 500;

  private final RedisReconciliation runs;
  private final CassandraConversationStore store;
  private final Blocks blocks;
  private final FleetClient fleet;
  private final GroupEventsListener groups;
  private final Properties properties;
  private final Clock clock;

  Reconciliation(
      RedisReconciliation runs,
      CassandraConversationStore store,
      Blocks blocks,
      FleetClient fleet,
      GroupEventsListener groups,
      Properties properties,
      Clock clock) {
    this.runs = runs;
    this.store = store;
    this.blocks = blocks;
    this.fleet = fleet;
    this.groups = groups;
    this.properties = properties;
    this.clock = clock;
  }

  Status status() {
    return runs.status();
  }

  /** Begins a run, unless one goes on. Returns how far it is. */
  Status start(boolean full) {
    String run = runs.begin();
    if (run == null) {
      return runs.status();
    }
    Status begun = new Status(State.RUNNING, full, clock.instant(), null, 0, 0, 0);
    runs.save(begun);
    Thread.ofVirtual().name("reconciliation").start(() -> run(run, begun));
    return begun;
  }

  @Scheduled(
      fixedDelayString = "${parley.reconciliation.every:15m}",
      initialDelayString = "${parley.reconciliation.every:15m}")
  void regularly() {
    try {
      Instant last = runs.status().startedAt();
      // Every node's clock strikes; the first does it.
      if (last == null || last.plus(properties.every().dividedBy(2)).isBefore(clock.instant())) {
        start(false);
      }
    } catch (RuntimeException e) {
      log.warn("no reconciliation: {}", e.toString());
    }
  }

  private void run(String run, Status begun) {
    Status status = begun;
    try {
      if (begun.full()) {
        blocks.rebuild();
      }
      // Before the pages: a group that is made meanwhile must not look like one that is no more.
      Set<ConversationId> missing = new HashSet<>(store.liveGroups());
      String after = null;
      do {
        FleetClient.GroupVersions page = fleet.groups(after, PAGE);
        status = compared(status, page.items(), missing);
        runs.save(status);
        runs.goOn(run);
        after = page.next();
      } while (after != null);
      for (ConversationId group : missing) {
        groups.compareLater(new GroupEventsListener.Compare(group.value(), true, false));
      }
      status =
          new Status(
              State.DONE,
              status.full(),
              status.startedAt(),
              clock.instant(),
              status.compared(),
              status.behind(),
              missing.size());
      runs.save(status);
      log.info(
          "compared {} groups: {} behind, {} missing",
          status.compared(),
          status.behind(),
          status.missing());
    } catch (RuntimeException e) {
      log.warn("the reconciliation ended early: {}", e.toString());
      runs.save(status.ended(State.FAILED, clock.instant()));
    } finally {
      runs.end(run);
    }
  }

  private Status compared(
      Status status, List<FleetClient.GroupVersion> page, Set<ConversationId> missing) {
    Map<ConversationId, StoredConversation> here = new HashMap<>();
    for (StoredConversation stored :
        store.stored(page.stream().map(group -> new ConversationId(group.id())).toList())) {
      here.put(stored.conversation().id(), stored);
    }
    long behind = 0;
    for (FleetClient.GroupVersion group : page) {
      ConversationId id = new ConversationId(group.id());
      missing.remove(id);
      StoredConversation stored = here.get(id);
      if (status.full() || stored == null || !stored.live() || stored.settled() < group.version()) {
        groups.compareLater(new GroupEventsListener.Compare(group.id(), true, status.full()));
        behind++;
      }
    }
    return new Status(
        State.RUNNING,
        status.full(),
        status.startedAt(),
        null,
        status.compared() + page.size(),
        status.behind() + behind,
        0);
  }
}
