package io.parley.message.delivery;

import io.parley.message.conversation.Conversations;
import io.parley.message.log.EventLog;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Opens feeds: reads a conversation's head and members, and lets through what its feed holds. There
 * is room for so many at once, and a part of it only for those for whom nobody waits: whoever comes
 * back with many conversations does not keep those waiting who are sending.
 */
@Component
class FeedOpenings {

  private static final Logger log = LoggerFactory.getLogger(FeedOpenings.class);

  /** Because somebody waits for them, or for what came in them. */
  private static final int URGENT_AT_ONCE = 32;

  private static final int OTHERS_AT_ONCE = 8;

  private final Conversations conversations;
  private final EventLog eventLog;
  private final LogReader reader;
  private final Workers workers;
  private final FanOut fanOut;
  private final FeedMembers members;
  private final FeedRepair repair;
  private final ExecutorService io = Executors.newVirtualThreadPerTaskExecutor();

  /** In the order in which they were asked for. */
  private final Semaphore urgent = new Semaphore(URGENT_AT_ONCE, true);

  private final Semaphore others = new Semaphore(OTHERS_AT_ONCE, true);

  FeedOpenings(
      Conversations conversations,
      EventLog eventLog,
      LogReader reader,
      Workers workers,
      FanOut fanOut,
      FeedMembers members,
      FeedRepair repair) {
    this.conversations = conversations;
    this.eventLog = eventLog;
    this.reader = reader;
    this.workers = workers;
    this.fanOut = fanOut;
    this.members = members;
    this.repair = repair;
  }

  /**
   * Listens first and reads then: a change that the reading misses comes over the bus, and is held
   * until the feed is open.
   *
   * @param isUrgent somebody waits for it
   * @param failed called on the feed's worker when it could not be read
   */
  CompletableFuture<ConversationFeed> open(
      ConversationFeed feed, boolean isUrgent, Consumer<ConversationFeed> failed) {
    FeedOpening opening = feed.opening();
    if (!opening.done().isDone() && opening.ask(isUrgent)) {
      feed.listening()
          .whenCompleteAsync(
              (listening, failure) -> {
                if (failure != null) {
                  opening.failed(failure);
                } else {
                  read(feed, opening, isUrgent ? urgent : others, failed);
                }
              },
              io);
    }
    return opening.done();
  }

  private void read(
      ConversationFeed feed,
      FeedOpening opening,
      Semaphore room,
      Consumer<ConversationFeed> failed) {
    room.acquireUninterruptibly();
    try {
      if (opening.begin()) {
        read(feed, opening);
      }
    } catch (RuntimeException e) {
      opening.failed(e);
      log.debug("could not open {}: {}", feed.id(), e.toString());
      workers.submit(feed.id(), turn -> failed.accept(feed));
    } finally {
      room.release();
    }
  }

  private void read(ConversationFeed feed, FeedOpening opening) {
    CompletableFuture<Conversations.Roster> read =
        CompletableFuture.supplyAsync(() -> conversations.roster(feed.id()), io);
    LogHead newest = reader.head(feed.id());
    long head = newest == null ? 0 : newest.seq();
    // An event above a hole is not the head, and may have been published before we listened.
    long proposed = eventLog.proposedSeqs(List.of(feed.id())).known().getOrDefault(feed.id(), head);
    Conversations.Roster roster = answer(read);
    workers
        .call(feed.id(), turn -> opened(feed, head, roster, proposed, turn))
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                opening.succeeded(feed);
              } else {
                opening.failed(failure);
              }
            });
  }

  private static <T> T answer(CompletableFuture<T> read) {
    try {
      return read.join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  private boolean opened(
      ConversationFeed feed,
      long head,
      Conversations.Roster roster,
      long proposed,
      Workers.Turn turn) {
    boolean complete = feed.open(head, roster, proposed);
    members.opened(feed, turn);
    if (!complete) {
      members.incomplete(feed);
    }
    fanOut.tellHead(feed, turn);
    fanOut.deliverHeld(feed, turn);
    repair.ifNeeded(feed);
    return true;
  }
}
