package io.parley.message.notification;

import io.parley.common.events.ConversationsRead;
import io.parley.common.events.MessagesChanged;
import io.parley.common.events.MessagesStored;
import io.parley.common.ids.UserId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fills events with news and gives those away that are full. Within each kind the order stays. An
 * event belongs to the trace of the first of its news that has one.
 */
final class Packing {

  /** Takes an event. */
  interface Sink {
    void take(String routingKey, Object event, @Nullable String traceparent);
  }

  private final Sink sink;
  private final List<MessagesStored.Stored> messages = new ArrayList<>();
  private final List<MessagesChanged.Changed> changes = new ArrayList<>();
  private final List<MessagesChanged.Hidden> hidden = new ArrayList<>();
  private final List<MessagesChanged.Apart> apart = new ArrayList<>();
  private final List<ConversationsRead.Read> reads = new ArrayList<>();
  private final List<ConversationsRead.ThreadRead> threadReads = new ArrayList<>();
  private int recipients;
  private int seqs;
  private int users;
  private @Nullable String messagesFor;
  private @Nullable String changesFor;

  Packing(Sink sink) {
    this.sink = sink;
  }

  void add(News news) {
    switch (news) {
      case News.Message message -> add(message);
      case News.Changes change -> add(change);
      case News.Read moved -> add(moved);
      case News.Hidden hiding -> add(hiding);
      case News.Apart pair -> add(pair);
    }
  }

  private void add(News.Message message) {
    List<UserId> all = message.recipients();
    if (recipients + all.size() > MessagesStored.MAX_RECIPIENTS) {
      endMessages();
    }
    for (int from = 0; from < all.size(); from += MessagesStored.MAX_RECIPIENTS) {
      int to = Math.min(all.size(), from + MessagesStored.MAX_RECIPIENTS);
      messages.add(message.to(all.subList(from, to)));
      recipients += to - from;
      messagesFor = messagesFor == null ? message.traceparent() : messagesFor;
      if (recipients == MessagesStored.MAX_RECIPIENTS) {
        endMessages();
      }
    }
  }

  private void add(News.Changes change) {
    if (seqs + change.targets().size() > MessagesChanged.MAX_SEQS) {
      endChanges();
    }
    changes.add(change.changed());
    seqs += change.targets().size();
    changesFor = changesFor == null ? change.traceparent() : changesFor;
  }

  private void add(News.Read moved) {
    if (moved.threadRoot() == News.Read.NO_THREAD) {
      reads.add(new ConversationsRead.Read(moved.user(), moved.conversation(), moved.seq()));
    } else {
      threadReads.add(
          new ConversationsRead.ThreadRead(
              moved.user(), moved.conversation(), moved.threadRoot(), moved.seq()));
    }
    if (reads.size() + threadReads.size() == ConversationsRead.MAX_ITEMS) {
      endReads();
    }
  }

  private void add(News.Hidden hiding) {
    List<UserId> all = hiding.users();
    for (int from = 0; from < all.size(); ) {
      int to = Math.min(all.size(), from + MessagesChanged.MAX_USERS - users);
      hidden.add(hiding.of(all.subList(from, to)));
      counted(to - from);
      from = to;
    }
  }

  private void add(News.Apart pair) {
    apart.add(pair.apart());
    counted(1);
  }

  private void counted(int more) {
    users += more;
    if (users == MessagesChanged.MAX_USERS) {
      endChanges();
    }
  }

  void end() {
    endMessages();
    endChanges();
    endReads();
  }

  private void endMessages() {
    if (!messages.isEmpty()) {
      sink.take(MessagesStored.ROUTING_KEY, new MessagesStored(List.copyOf(messages)), messagesFor);
    }
    messages.clear();
    recipients = 0;
    messagesFor = null;
  }

  private void endChanges() {
    if (!changes.isEmpty() || users > 0) {
      sink.take(
          MessagesChanged.ROUTING_KEY,
          new MessagesChanged(List.copyOf(changes), List.copyOf(hidden), List.copyOf(apart)),
          changesFor);
    }
    changes.clear();
    hidden.clear();
    apart.clear();
    seqs = 0;
    users = 0;
    changesFor = null;
  }

  private void endReads() {
    if (!reads.isEmpty() || !threadReads.isEmpty()) {
      sink.take(
          ConversationsRead.ROUTING_KEY,
          new ConversationsRead(List.copyOf(reads), List.copyOf(threadReads)),
          null);
    }
    reads.clear();
    threadReads.clear();
  }
}
