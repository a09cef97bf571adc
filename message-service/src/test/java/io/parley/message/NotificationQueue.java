package io.parley.message;

import io.parley.common.events.ConversationsRead;
import io.parley.common.events.MessagesChanged;
import io.parley.common.events.MessagesStored;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.rabbit.connection.ConnectionFactory;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import tools.jackson.databind.json.JsonMapper;

/**
 * What comes to notification-service's queues since this was made: the messages of one sender, and
 * whatever concerns a conversation or a user. Several tests may look at the same time.
 */
public final class NotificationQueue {

  private static final JsonMapper JSON = Nodes.A.get(JsonMapper.class);
  private static final List<Message> STORED = new ArrayList<>();
  private static final List<MessagesChanged> CHANGED = new ArrayList<>();
  private static final List<ConversationsRead> READ = new ArrayList<>();

  static {
    listen(Nodes.STORED, STORED::add);
    listen(
        Nodes.CHANGED,
        message -> CHANGED.add(JSON.readValue(message.getBody(), MessagesChanged.class)));
    listen(
        Nodes.READ,
        message -> READ.add(JSON.readValue(message.getBody(), ConversationsRead.class)));
  }

  private final UserId sender;
  private final int changedFrom;
  private final int readFrom;
  private int next;
  private final Map<String, Set<UserId>> told = new HashMap<>();

  public NotificationQueue(UserId sender) {
    this.sender = sender;
    synchronized (STORED) {
      next = STORED.size();
      changedFrom = CHANGED.size();
      readFrom = READ.size();
    }
  }

  private interface Taking {
    void take(Message message);
  }

  private static void listen(String queue, Taking taking) {
    SimpleMessageListenerContainer container =
        new SimpleMessageListenerContainer(Nodes.A.get(ConnectionFactory.class));
    container.setQueueNames(queue);
    container.setMessageListener(
        message -> {
          synchronized (STORED) {
            taking.take(message);
            STORED.notifyAll();
          }
        });
    container.start();
  }

  public static MessagesStored read(Message message) {
    return JSON.readValue(message.getBody(), MessagesStored.class);
  }

  private boolean isOwn(MessagesStored.Stored item) {
    return item.senderId().equals(sender);
  }

  /** The sender's messages in one that came. */
  public List<MessagesStored.Stored> own(Message message) {
    return read(message).items().stream().filter(this::isOwn).toList();
  }

  /** The next one with a message of the sender, or null when none comes for that time. */
  public @Nullable Message next(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    synchronized (STORED) {
      while (true) {
        while (next < STORED.size()) {
          Message message = STORED.get(next++);
          if (!own(message).isEmpty()) {
            return message;
          }
        }
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return null;
        }
        try {
          STORED.wait(left);
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }

  /** Forgets what has come, and what comes within that time. */
  public void forget(Duration time) {
    while (next(time) != null) {
      continue;
    }
    told.clear();
  }

  /**
   * Takes what comes until it is enough.
   *
   * @return message id → all to whom it was told
   */
  public Map<String, Set<UserId>> await(
      Duration limit, Predicate<Map<String, Set<UserId>>> enough) {
    long end = System.nanoTime() + limit.toNanos();
    while (!enough.test(told)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within " + limit + "; told: " + told);
      }
      take(Duration.ofMillis(100));
    }
    return told;
  }

  /** What has come when nothing more comes for that time. */
  public Map<String, Set<UserId>> quietFor(Duration time) {
    while (take(time)) {
      continue;
    }
    return told;
  }

  private boolean take(Duration limit) {
    Message message = next(limit);
    if (message == null) {
      return false;
    }
    for (MessagesStored.Stored item : own(message)) {
      told.computeIfAbsent(item.messageId(), id -> new HashSet<>()).addAll(item.recipients());
    }
    return true;
  }

  /** What was said of messages of a conversation. */
  public List<MessagesChanged.Changed> changes(ConversationId conversation) {
    synchronized (STORED) {
      return CHANGED.subList(changedFrom, CHANGED.size()).stream()
          .flatMap(event -> event.items().stream())
          .filter(item -> item.conversationId().equals(conversation))
          .toList();
    }
  }

  /** What was said that some see no more of a conversation. */
  public List<MessagesChanged.Hidden> hidden(ConversationId conversation) {
    synchronized (STORED) {
      return CHANGED.subList(changedFrom, CHANGED.size()).stream()
          .flatMap(event -> event.hidden().stream())
          .filter(item -> item.conversationId().equals(conversation))
          .toList();
    }
  }

  /** From whom it was said that a user is kept apart, whoever of them has blocked the other. */
  public List<UserId> apart(UserId user) {
    synchronized (STORED) {
      return CHANGED.subList(changedFrom, CHANGED.size()).stream()
          .flatMap(event -> event.apart().stream())
          .filter(pair -> pair.userId().equals(user) || pair.otherId().equals(user))
          .map(pair -> pair.userId().equals(user) ? pair.otherId() : pair.userId())
          .toList();
    }
  }

  /** How far it was said that a user has read. */
  public List<ConversationsRead.Read> reads(UserId user) {
    synchronized (STORED) {
      return READ.subList(readFrom, READ.size()).stream()
          .flatMap(event -> event.items().stream())
          .filter(item -> item.userId().equals(user))
          .toList();
    }
  }

  /** How far it was said that a user has read threads. */
  public List<ConversationsRead.ThreadRead> threadReads(UserId user) {
    synchronized (STORED) {
      return READ.subList(readFrom, READ.size()).stream()
          .flatMap(event -> event.threads().stream())
          .filter(item -> item.userId().equals(user))
          .toList();
    }
  }
}
