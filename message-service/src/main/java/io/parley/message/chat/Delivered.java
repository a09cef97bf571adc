package io.parley.message.chat;

import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.LogHead;
import io.parley.message.log.LogReader;
import io.parley.message.receipts.ReceiptSwitches;
import io.parley.message.receipts.Receipts;
import org.springframework.stereotype.Service;

/**
 * Devices say how far they have received: what a client has, not what was written to its socket.
 * Mostly a look into memory; who is alone, in a large group or does not let it be seen costs
 * nothing else.
 */
@Service
public class Delivered {

  private final OpenConversations openConversations;
  private final LogReader log;
  private final Receipts receipts;
  private final ReceiptSwitches switches;
  private final ReceiptNotices notices;
  private final UserLimits limits;

  Delivered(
      OpenConversations openConversations,
      LogReader log,
      Receipts receipts,
      ReceiptSwitches switches,
      ReceiptNotices notices,
      UserLimits limits) {
    this.openConversations = openConversations;
    this.log = log;
    this.receipts = receipts;
    this.switches = switches;
    this.notices = notices;
    this.limits = limits;
  }

  /**
   * It only goes forward: what is behind what was said before changes nothing.
   *
   * @throws ProblemException 400 {@code invalid-request} when there is no such event; 403 {@code
   *     not-a-member}, 404 {@code conversation-not-found}, 429 {@code rate-limited}
   */
  void mark(Caller caller, ConversationId conversation, MarkDelivered command) {
    limits.frame(caller.id());
    mark(openConversations.access(conversation, caller.id()), command.seq());
  }

  /**
   * As for each of them, but that those are passed over in which the caller is not, or that have no
   * such event: a device may not have heard yet that it was removed.
   *
   * @throws ProblemException 400 {@code invalid-request}, 429 {@code rate-limited}: some may be
   *     marked
   */
  public void mark(Caller caller, DeliveredHeads command) {
    command
        .checked()
        .forEach(
            (conversation, seq) -> {
              limits.frame(caller.id());
              try {
                mark(openConversations.access(conversation, caller.id()), seq);
              } catch (ProblemException e) {
                if (e.type().status().is5xxServerError()) {
                  throw e;
                }
              }
            });
  }

  private void mark(OpenConversations.Access access, long seq) {
    if (!isThere(access, seq)) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "seq: there is no such event yet");
    }
    if (seq == 0
        || !receipts.areKept(access.conversation(), access.members().size())
        || !switches.isOn(access.member().user())) {
      return;
    }
    if (receipts.delivered(access.conversation().id(), access.member().user(), seq)) {
      notices.tellDelivered(access, seq);
    }
  }

  /** What this node has delivered may lag behind what the device has read from the log. */
  private boolean isThere(OpenConversations.Access access, long seq) {
    if (seq <= 0 || seq <= access.head()) {
      return seq == 0 || (seq > 0 && access.member().sees(seq));
    }
    LogHead head = log.head(access.conversation().id());
    return head != null && seq <= head.seq() && access.member().sees(seq);
  }
}
