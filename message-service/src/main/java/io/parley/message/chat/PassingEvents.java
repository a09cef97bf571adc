package io.parley.message.chat;

import io.parley.message.blocks.Blocks;
import io.parley.message.bus.BusEvent;
import io.parley.message.bus.RedisBus;
import io.parley.message.bus.Topic;
import io.parley.message.conversation.ReadMarker;
import io.parley.message.conversation.Unread;
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
   * What tells of receiving and reading, ready to be sent.
   *
   * @param toOwn for the member's own devices, with the marker as it is and what is behind it; null
   *     when they are not concerned
   * @param toOthers null when they do not hear of it
   */
  record Receipt(Topic own, @Nullable BusEvent toOwn, Topic others, @Nullable BusEvent toOthers) {

    boolean isForNobody() {
      return toOwn == null && toOthers == null;
    }

    Receipt toOthersAlso(@Nullable BusEvent event) {
      return new Receipt(own, toOwn, others, event);
    }
  }

  /**
   * @param further whether others have something new to see
   */
  Receipt read(
      OpenConversations.Access access, ReadMarker marker, boolean further, Unread.Counts behind) {
    return receipt(
        access,
        event(
            FanOut.READ,
            access,
            ",\"seq\":"
                + marker.seq()
                + ",\"unread\":"
                + behind.unread()
                + ",\"mentions\":"
                + behind.mentions()
                + ",\"headSeq\":"
                + behind.headSeq()),
        further && othersHear(access)
            ? event(FanOut.READ, access, ",\"seq\":" + marker.furthest())
            : null);
  }

  Receipt delivered(OpenConversations.Access access, long seq) {
    return receipt(
        access,
        null,
        othersHear(access) ? event(FanOut.DELIVERED, access, ",\"seq\":" + seq) : null);
  }

  private static Receipt receipt(
      OpenConversations.Access access, @Nullable BusEvent toOwn, @Nullable BusEvent toOthers) {
    return new Receipt(
        Topic.of(access.member().user()), toOwn, Topic.of(access.conversation().id()), toOthers);
  }

  void tell(Receipt receipt) {
    if (receipt.toOwn() != null) {
      bus.publish(receipt.own(), receipt.toOwn());
    }
    if (receipt.toOthers() != null) {
      bus.publish(receipt.others(), receipt.toOthers());
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
