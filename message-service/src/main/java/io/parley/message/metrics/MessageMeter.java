package io.parley.message.metrics;

import io.parley.common.metrics.MeterSpec;
import io.parley.common.metrics.Metered;

/**
 * All that message-service counts. A message costs it four counters and four timers; an event costs
 * nothing for each socket but an addition in its worker.
 */
public enum MessageMeter implements Metered {
  ACCEPTED(
      MeterSpec.counter(
              "parley.messages.accepted",
              "Messages that were acknowledged, over sockets and REST; `repeat`: an earlier try had"
                  + " stored it")
          .label("kind", "new", "repeat")),
  REFUSED(
      MeterSpec.counter("parley.messages.refused", "Messages that were refused")
          .labelOf("problem", "a slug of problems.md; `internal` for a bug")),
  WRITE(
      MeterSpec.timer(
          "parley.messages.write",
          "From taking a new message in until it is in the log and counts: limits, rules, Redis,"
              + " Cassandra",
          MeterSpec.PATIENCE)),
  PUBLISH(
      MeterSpec.timer(
          "parley.bus.publish",
          "From the log's write until Redis has taken the announcement for all nodes",
          MeterSpec.STORE)),
  PUBLISH_FAILED(
      MeterSpec.counter(
          "parley.bus.publish.failed",
          "Announcements that Redis did not take; events of the log are told again")),
  BUS_INTERRUPTED(
      MeterSpec.counter("parley.bus.interruptions", "Times that the connection to the bus broke")),
  PROPOSE(
      MeterSpec.timer(
          "parley.redis.propose",
          "Redis's answer to a proposal of the next seq, failures and timeouts included",
          MeterSpec.STORE)),
  CASSANDRA(
      MeterSpec.timer(
              "parley.cassandra.requests",
              "Cassandra's answer, waiting for room included. `log`: the rows of the log;"
                  + " `transaction`: lightweight transactions",
              MeterSpec.STORE)
          .label("operation", "log", "read", "write", "transaction")),
  CASSANDRA_FAILED(
      MeterSpec.counter(
              "parley.cassandra.failed",
              "Requests without an answer. `busy`: nothing was sent, as there was no room")
          .label("reason", "busy", "unavailable")),
  CASSANDRA_WAITING(
      MeterSpec.gauge("parley.cassandra.waiting", "Requests that wait for room")
          .label("room", "log", "other")),
  CASSANDRA_UNDER_WAY(
      MeterSpec.gauge("parley.cassandra.under.way", "Requests at Cassandra; at most 128 and 384")
          .label("room", "log", "other")),
  EPOCHS(
      MeterSpec.counter(
              "parley.epochs.opened",
              "Epochs opened by this node: `first` of a new conversation, `next` after a counter was"
                  + " lost, a write failed or a seq stayed empty")
          .label("kind", "first", "next")),
  VOIDS(MeterSpec.counter("parley.epochs.voids", "Seqs that were made void by that")),
  SOCKETS(MeterSpec.gauge("parley.sockets", "Open WebSocket sessions")),
  SOCKETS_OPENED(MeterSpec.counter("parley.sockets.opened", "WebSocket sessions that were opened")),
  SOCKETS_CLOSED(
      MeterSpec.counter(
              "parley.sockets.closed",
              "WebSocket sessions that ended. `none`: no close frame came; `other`: a code that is"
                  + " none of the server's")
          .label(
              "reason",
              "normal",
              "going-away",
              "protocol-error",
              "too-big",
              "internal",
              "unauthenticated",
              "silent",
              "too-slow",
              "limited",
              "none",
              "other")),
  SUBSCRIBERS(
      MeterSpec.gauge("parley.subscribers", "Users with a subscription to events on this node")),
  FEEDS(
      MeterSpec.gauge(
              "parley.feeds",
              "Conversations that this node hears: `listening` until the first event, then `open`")
          .label("state", "listening", "open")),
  DELIVERIES(
      MeterSpec.counter(
          "parley.deliveries", "Events handed to sockets: one for each event and socket")),
  BACKLOG(
      MeterSpec.gauge(
          "parley.fanout.backlog", "Events and changes that wait for a fan-out thread")),
  DROPPED(
      MeterSpec.counter(
          "parley.fanout.dropped",
          "Events that found a fan-out thread too far behind; they are read from the log")),
  REPAIRS(MeterSpec.counter("parley.feeds.repairs", "Times that a feed was compared with the log")),
  REPAIRED(
      MeterSpec.counter(
          "parley.feeds.repaired", "Events that a feed had missed and were read from the log")),
  NOTIFY_WAITING(
      MeterSpec.gauge(
          "parley.missed.waiting",
          "Messages, edits and deletions that notification-service is not told of yet; at most"
              + " 20,000")),
  NOTIFY_DOUBTED(
      MeterSpec.counter(
          "parley.missed.doubted",
          "Those that found that queue full; they are found in the log later")),
  NOTIFY_READS_DROPPED(
      MeterSpec.counter(
          "parley.missed.reads.dropped",
          "Read markers, and what users see no more, of which notification-service is not told,"
              + " as 20,000 wait already")),
  NOTIFIED(
      MeterSpec.counter(
              "parley.missed.published",
              "Events that RabbitMQ has taken for notification-service; each has many messages,"
                  + " changes or read markers, up to 1,000 recipients")
          .label("event", "stored", "changed", "read")),
  SCHEDULED_DUE(
      MeterSpec.gauge(
          "parley.scheduled.due",
          "Scheduled messages whose time has come and that were not sent yet, as this node sees it")),
  TAKEOVERS(
      MeterSpec.counter("parley.takeovers", "Dead nodes that this node took over from")
          .label("outcome", "done", "waits"));

  @SuppressWarnings("ImmutableEnumChecker") // A spec copies its lists.
  private final MeterSpec spec;

  MessageMeter(MeterSpec spec) {
    this.spec = spec;
  }

  @Override
  public MeterSpec spec() {
    return spec;
  }
}
