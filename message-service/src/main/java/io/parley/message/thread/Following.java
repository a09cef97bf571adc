package io.parley.message.thread;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.bus.OwnDevices;
import io.parley.message.chat.MarkRead;
import io.parley.message.chat.Reading;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import io.parley.message.notification.NotificationEvents;
import java.util.Map;
import java.util.function.Consumer;
import org.springframework.stereotype.Service;

/**
 * Members follow threads, or do not any more, and say how far they have read in those that they
 * follow. Of others nothing is kept. Each thread has a marker of its own: reading the conversation
 * reads no thread, nor the other way round.
 */
@Service
public class Following {

  @JsonPropertyOrder({
    "type",
    "conversationId",
    "threadRoot",
    "followed",
    "readSeq",
    "unread",
    "mentions"
  })
  private record Told(
      String type,
      ConversationId conversationId,
      long threadRoot,
      boolean followed,
      long readSeq,
      int unread,
      int mentions) {}

  /** Where a member is: the conversation as they find it, and what is between them and a thread. */
  private record Place(OpenConversations.Access access, Follow follow) {}

  private final OpenConversations openConversations;
  private final Reading reading;
  private final Threads threads;
  private final LogReader log;
  private final CassandraFollowStore store;
  private final Followers followers;
  private final UnreadReplies unread;
  private final NotificationEvents notifications;
  private final OwnDevices devices;
  private final UserLimits limits;
  private final int max;

  Following(
      OpenConversations openConversations,
      Reading reading,
      Threads threads,
      LogReader log,
      CassandraFollowStore store,
      Followers followers,
      UnreadReplies unread,
      NotificationEvents notifications,
      OwnDevices devices,
      UserLimits limits,
      ThreadProperties properties) {
    this.openConversations = openConversations;
    this.reading = reading;
    this.threads = threads;
    this.log = log;
    this.store = store;
    this.followers = followers;
    this.unread = unread;
    this.notifications = notifications;
    this.devices = devices;
    this.limits = limits;
    this.max = properties.maxFollowed();
  }

  /**
   * From now on the caller follows a thread: what was said before is read. One that is followed
   * stays as it is.
   *
   * @param seq of its root, or of any reply
   * @throws ProblemException 403 {@code not-a-member}, 404 {@code conversation-not-found}, {@code
   *     message-not-found}, 409 {@code too-many-followed}, 429 {@code rate-limited}, 503
   */
  ThreadState follow(Caller caller, ConversationId conversation, long seq) {
    Place place = place(caller, conversation, seq);
    Follow before = place.follow();
    if (Boolean.TRUE.equals(before.chosen())) {
      return state(place, before);
    }
    UserId user = caller.id();
    if (before.isNone() && store.count(user) >= max) {
      throw new ProblemException(
          ThreadProblem.TOO_MANY_FOLLOWED,
          "At most " + max + " threads can be followed",
          Map.of("maxFollowed", max));
    }
    long head = head(conversation);
    boolean moves = !before.isFollowed() && head > before.readTo();
    if (moves) {
      store.read(user, before.readAt(head));
    }
    store.choose(user, before, true, head);
    if (moves) {
      notifications.readThread(user, conversation, before.root(), head);
    }
    return tell(place);
  }

  /**
   * The caller does not follow a thread, whatever others write in it, until they say otherwise or
   * write in it.
   *
   * @param seq of its root, or of any reply
   * @throws ProblemException as {@link #follow}
   */
  ThreadState unfollow(Caller caller, ConversationId conversation, long seq) {
    Place place = place(caller, conversation, seq);
    Follow before = place.follow();
    boolean isChange = !Boolean.FALSE.equals(before.chosen());
    if (isChange) {
      store.choose(caller.id(), before, false, head(conversation));
    }
    // Also if nothing has changed: who asked before may not have come to it.
    followers.unfollowed(caller.id(), conversation, before.root());
    return isChange ? tell(place) : state(place, before);
  }

  /**
   * Moves the thread's marker forward. One that is there or further on stays.
   *
   * @param seq of its root, or of any reply
   * @throws ProblemException 400 when there is no such event; else as {@link #follow}
   */
  ThreadState markRead(Caller caller, ConversationId conversation, long seq, MarkRead command) {
    Place place = place(caller, conversation, seq);
    Follow before = place.follow();
    if (command.seq() < 0) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "seq: must not be negative");
    }
    if (command.seq() > 0) {
      requireEvent(place, command.seq());
    }
    if (!before.isFollowed() || command.seq() <= before.readTo()) {
      return state(place, before);
    }
    store.read(caller.id(), before.readAt(command.seq()));
    notifications.readThread(caller.id(), conversation, before.root(), command.seq());
    return tell(place);
  }

  /**
   * Moves the thread's marker back, so that what has this seq and all behind it are unread again.
   *
   * @param seq of its root, or of any reply
   * @throws ProblemException 400 when there is no such event; else as {@link #follow}
   */
  ThreadState markUnread(Caller caller, ConversationId conversation, long seq, MarkRead command) {
    Place place = place(caller, conversation, seq);
    Follow before = place.follow();
    requireEvent(place, command.seq());
    if (!before.isFollowed() || command.seq() > before.readTo()) {
      return state(place, before);
    }
    store.read(caller.id(), before.backAt(command.seq() - 1));
    return tell(place);
  }

  private void requireEvent(Place place, long seq) {
    if (reading.event(place.access(), seq) == null) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "seq: there is no such event yet");
    }
  }

  private Place place(Caller caller, ConversationId conversation, long seq) {
    limits.frame(caller.id());
    OpenConversations.Access access = openConversations.access(conversation, caller.id());
    long root = threads.root(access, seq);
    return new Place(access, store.find(caller.id(), conversation, root));
  }

  private ThreadState tell(Place place) {
    UserId user = place.access().member().user();
    Follow before = place.follow();
    ThreadState now = state(place, store.find(user, before.conversation(), before.root()));
    devices.tell(
        user,
        new Told(
            "THREAD",
            before.conversation(),
            now.threadRoot(),
            now.followed(),
            now.readSeq(),
            now.unread(),
            now.mentions()));
    return now;
  }

  private ThreadState state(Place place, Follow follow) {
    Viewer viewer = Viewer.of(place.access());
    return ThreadState.of(follow, unread.of(viewer, follow, head(follow.conversation())));
  }

  private long head(ConversationId conversation) {
    LogHead head = log.head(conversation);
    return head == null ? 0 : head.seq();
  }

  /**
   * What of a user there is on threads, in the order of their conversations.
   *
   * @throws ProblemException 503
   */
  public void forEach(UserId user, Consumer<Follow> reader) {
    store.all(user).forEach(reader);
  }

  /**
   * For an erasure.
   *
   * @throws ProblemException 503: call again
   */
  public void forget(UserId user) {
    store.forget(user);
  }
}
