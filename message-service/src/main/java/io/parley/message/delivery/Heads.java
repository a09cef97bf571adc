package io.parley.message.delivery;

import io.parley.common.ids.ConversationId;
import io.parley.common.problems.ProblemException;
import io.parley.message.log.EventLog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The rounds: clients hear the heads of the conversations in which something happened, and each
 * conversation is compared with its counter, as a publish may have been lost with no later one to
 * show it. Where Redis knows no counter the log of an open one is read instead, for some in each
 * round.
 */
@Component
class Heads {

  private static final Logger log = LoggerFactory.getLogger(Heads.class);
  private static final int COMPARED_IN_A_ROUND = 200;

  private final OpenConversations openConversations;
  private final EventLog eventLog;
  private final FanOut fanOut;
  private final FeedRepair repair;
  private final Workers workers;

  Heads(
      OpenConversations openConversations,
      EventLog eventLog,
      FanOut fanOut,
      FeedRepair repair,
      Workers workers) {
    this.openConversations = openConversations;
    this.eventLog = eventLog;
    this.fanOut = fanOut;
    this.repair = repair;
    this.workers = workers;
  }

  @Scheduled(fixedDelayString = "${parley.delivery.heads-interval:30s}")
  void round() {
    List<ConversationFeed> open = openConversations.all();
    Map<ConversationId, Long> proposed = proposed(open);
    List<ConversationFeed> uncounted = new ArrayList<>();
    for (ConversationFeed feed : open) {
      Long newest = proposed.get(feed.id());
      if (newest == null && feed.isOpen()) {
        uncounted.add(feed);
      }
      if (newest != null || feed.isOpen()) {
        workers.submit(feed.id(), turn -> compare(feed, newest, turn));
      }
    }
    uncounted.sort(Comparator.comparingLong(feed -> feed.order().comparedNanos()));
    uncounted.stream().limit(COMPARED_IN_A_ROUND).forEach(openConversations::compare);
  }

  private void compare(ConversationFeed feed, @Nullable Long newest, Workers.Turn turn) {
    fanOut.tellHead(feed, turn);
    if (newest == null) {
      return;
    }
    boolean isNews = newest > feed.order().expected();
    feed.order().expect(newest);
    if (feed.isOpen()) {
      repair.ifNeeded(feed);
    } else if (isNews) {
      openConversations.openSoon(feed);
    }
  }

  private Map<ConversationId, Long> proposed(List<ConversationFeed> open) {
    try {
      return eventLog.proposedSeqs(open.stream().map(ConversationFeed::id).toList()).known();
    } catch (ProblemException e) {
      log.debug("no counters: {}", e.toString());
      return Map.of();
    }
  }
}
