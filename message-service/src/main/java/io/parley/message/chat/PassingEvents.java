package io.parley.message.chat;

import io.parley.message.blocks.Blocks;
import io.parley.message.bus.BusEvent;
import io.parley.message.bus.RedisBus;
import io.parley.message.bus.Topic;
import io.parley.message.conversation.ReadMarker;
import io.parley.message.delivery.DeliveryProperties;
import io.parley.message.delivery.FanOut;
import io.parley.message.delivery.OpenConversations;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What is passed on and never stored. Others hear of it where they are few, and between two of whom
 * one has blocked the other not at all.
 */
@Component
class PassingEvents {

  /** Nobody says that they have stopped: a client shows it for so many ms, or until a message. */
  private static final String TYPING_ENDS = ",\"expiresIn\":5000";

  private final RedisBus bus;
  private final Blocks blocks;
  private final DeliveryProperties delivery;

  PassingEvents(RedisBus bus, Blocks blocks, DeliveryProperties delivery) {
    this.bus = bus;
    this.blocks = blocks;
    this.delivery = delivery;
  }

  /**
   * What tells of reading, ready to be sent.
   *
   * @param toOwn for the reader's own devices, with the marker as it is and what is unread
   * @param toOthers null when they do not hear of it
   */
  record Read(Topic own, BusEvent toOwn, Topic others, @Nullable BusEvent toOthers) {}

  /**
   * @param further whether others have something new to see
   */
  Read read(OpenConversations.Access access, ReadMarker marker, boolean further, long unread) {
    return new Read(
        Topic.of(access.member().user()),
        event(FanOut.READ, access, ",\"seq\":" + marker.seq() + ",\"unread\":" + unread),
        Topic.of(access.conversation().id()),
        further && othersHear(access)
            ? event(FanOut.READ, access, ",\"seq\":" + marker.furthest())
            : null);
  }

  void tell(Read read) {
    bus.publish(read.own(), read.toOwn());
    if (read.toOthers() != null) {
      bus.publish(read.others(), read.toOthers());
    }
  }

  void tellOfTyping(OpenConversations.Access access) {
    if (othersHear(access)) {
      bus.publish(Topic.of(access.conversation().id()), event("TYPING", access, TYPING_ENDS));
    }
  }

  private static BusEvent event(String type, OpenConversations.Access access, String more) {
    return BusEvent.passing(
        "{\"type\":\""
            + type
            + "\",\"conversationId\":\""
            + access.conversation().id()
            + "\",\"userId\":\""
            + access.member().user()
            + '"'
            + more
            + '}');
  }

  private boolean othersHear(OpenConversations.Access access) {
    return access.members().size() <= delivery.passingMaxMembers()
        && !blocks.isBlocked(access.conversation());
  }
}
