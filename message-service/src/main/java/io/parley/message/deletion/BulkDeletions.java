package io.parley.message.deletion;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.audit.AuditTrail;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.MessagePostProcessor;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.stereotype.Service;
import tools.jackson.databind.json.JsonMapper;

/**
 * Deletes what an author has written in a conversation, after they were shut out of it: looks
 * through the log, the newest first, and deletes with one event what it has found; with several
 * only where one can not name them all.
 *
 * <p>It is done in steps, each a message of RabbitMQ that says where it goes on ({@link
 * BulkDeletionListener}). A step is bounded, so groups take turns. It ends by publishing the next
 * one; if its node dies, the step comes again, and finds done what was done.
 *
 * <p>A message whose sender was let in just before comes into the log after the beginning. The last
 * step, some time later, looks for those.
 */
@Service
public class BulkDeletions {

  /** The members of a MEMBERS event that count here. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  private record Joined(@Nullable List<UserId> added) {}

  private static final int PAGE = 1_000;
  private static final int LATE_PAGE = 500;
  private static final int TARGETS_PAGE = 200;
  private static final int CONFIRM_MILLIS = 10_000;

  /** Clocks of nodes differ: an event may be a little older than the one before it. */
  private static final Duration CLOCKS = Duration.ofMinutes(1);

  private final Deletions deletions;
  private final LogReader reader;
  private final AuditTrail audit;
  private final RabbitTemplate rabbit;
  private final BulkDeletionProperties properties;
  private final JsonMapper json;
  private final Clock clock;

  BulkDeletions(
      Deletions deletions,
      LogReader reader,
      AuditTrail audit,
      RabbitTemplate rabbit,
      BulkDeletionProperties properties,
      JsonMapper json,
      Clock clock) {
    this.deletions = deletions;
    this.reader = reader;
    this.audit = audit;
    this.rabbit = rabbit;
    this.properties = properties;
    this.json = json;
    this.clock = clock;
  }

  /**
   * Has everything deleted that the author has written by now, and what is on its way. When this
   * returns no process's death keeps it from being done; it may be begun twice.
   *
   * @param since only messages that are not older; null: all
   * @throws ProblemException 503
   */
  public void begin(
      ConversationId conversation, UserId author, UserId by, @Nullable Instant since) {
    LogHead head = reader.head(conversation);
    long end = head == null ? 0 : head.seq();
    publish(
        BulkDeletionListener.QUEUE,
        new BulkDeletion(
            conversation, author, by, since, clock.instant(), end, end + 1, List.of(), false),
        message -> message);
  }

  /**
   * Does one step, and has the next one done. May be called again.
   *
   * @throws ProblemException 503
   */
  void take(BulkDeletion step) throws InterruptedException {
    if (step.late()) {
      deleteLate(step);
      return;
    }
    List<Long> found = new ArrayList<>(step.found());
    long before = step.before();
    boolean more = before > 1;
    for (int looked = 0; more && looked < properties.eventsPerStep() && !isFull(found); ) {
      List<LogEvent> page =
          reader.placesBefore(
              step.conversation(), before, Math.min(PAGE, properties.eventsPerStep()));
      looked += page.size();
      more = !page.isEmpty();
      for (LogEvent event : page) {
        if (isFull(found)) {
          break;
        }
        before = event.seq();
        more =
            before > 1
                && (step.since() == null || !event.at().isBefore(step.since().minus(CLOCKS)));
        if (!more && before > 1) {
          break;
        }
        if (isTarget(step, event)) {
          found.add(event.seq());
        }
      }
    }
    if (isFull(found) || !more) {
      delete(step, found);
      found.clear();
    }
    if (more) {
      publish(BulkDeletionListener.QUEUE, step.next(before, found), message -> message);
    } else {
      publish(
          BulkDeletionListener.LATER,
          step.ofLateOnes(),
          message -> {
            message
                .getMessageProperties()
                .setExpiration(String.valueOf(properties.lateAfter().toMillis()));
            return message;
          });
    }
  }

  private boolean isFull(List<Long> found) {
    return found.size() >= properties.messagesPerEvent();
  }

  /** Also one over whose deletion somebody died. */
  private static boolean isTarget(BulkDeletion step, LogEvent event) {
    return event.kind() == LogEvent.Kind.MESSAGE
        && step.author().equals(event.author())
        && event.isToBeDeleted()
        && (step.since() == null || !event.at().isBefore(step.since()));
  }

  /** What was on its way; not what the author has written as a member again. */
  private void deleteLate(BulkDeletion step) throws InterruptedException {
    Instant last = step.at().plus(properties.lateAfter());
    List<Long> found = new ArrayList<>();
    List<LogEvent> page;
    long from = step.end() + 1;
    do {
      page = reader.read(step.conversation(), from, LATE_PAGE);
      for (LogEvent event : page) {
        if (event.at().isAfter(last) || joins(event, step.author())) {
          delete(step, found);
          return;
        }
        if (isTarget(step, event)) {
          found.add(event.seq());
        }
        from = event.seq() + 1;
      }
    } while (page.size() == LATE_PAGE && !isFull(found));
    delete(step, found);
  }

  private boolean joins(LogEvent event, UserId user) {
    if (event.kind() != LogEvent.Kind.MEMBERS) {
      return false;
    }
    List<UserId> added = json.readValue(event.payload(), Joined.class).added();
    return added != null && added.contains(user);
  }

  private void delete(BulkDeletion step, List<Long> found) throws InterruptedException {
    List<LogEvent> targets = new ArrayList<>();
    for (int from = 0; from < found.size(); from += TARGETS_PAGE) {
      reader
          .at(step.conversation(), found.subList(from, Math.min(found.size(), from + TARGETS_PAGE)))
          .stream()
          .filter(event -> isTarget(step, event))
          .forEach(targets::add);
    }
    if (targets.isEmpty()) {
      return;
    }
    LogEvent event = deletions.deleteTogether(step.conversation(), step.by(), targets);
    if (event != null) {
      audit.record(
          event.id().value(),
          step.by(),
          "messages.deleted",
          "user",
          step.author().toString(),
          Map.of(
              "conversationId",
              step.conversation().toString(),
              "messages",
              String.valueOf(targets.size()),
              "seq",
              String.valueOf(event.seq())));
    }
    Thread.sleep(
        Duration.ofSeconds(1)
            .multipliedBy(targets.size())
            .dividedBy(properties.messagesPerSecond()));
  }

  private void publish(String queue, BulkDeletion step, MessagePostProcessor with) {
    try {
      rabbit.invoke(
          operations -> {
            operations.convertAndSend("", queue, step, with);
            operations.waitForConfirmsOrDie(CONFIRM_MILLIS);
            return true;
          });
    } catch (AmqpException e) {
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "RabbitMQ: " + e.getMessage());
    }
  }
}
