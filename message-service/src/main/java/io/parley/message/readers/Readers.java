package io.parley.message.readers;

import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.ProblemException;
import io.parley.message.chat.Reading;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.conversation.Member;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.LogEvent;
import io.parley.message.receipts.Receipt;
import io.parley.message.receipts.ReceiptSwitches;
import io.parley.message.receipts.Receipts;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Service;

/** Says who has received and read a message. */
@Service
class Readers {

  private final OpenConversations openConversations;
  private final Reading reading;
  private final Receipts receipts;
  private final ReceiptSwitches switches;
  private final UserLimits limits;

  Readers(
      OpenConversations openConversations,
      Reading reading,
      Receipts receipts,
      ReceiptSwitches switches,
      UserLimits limits) {
    this.openConversations = openConversations;
    this.reading = reading;
    this.receipts = receipts;
    this.switches = switches;
    this.limits = limits;
  }

  /**
   * Of each member but the author and the caller who may see the message and lets it be seen how
   * far they are. Nobody, across a block.
   *
   * @throws ProblemException 403 {@code not-a-member}, 404 {@code conversation-not-found}, {@code
   *     message-not-found}, 409 {@code group-too-large} with {@code maxMembers}, 429 {@code
   *     rate-limited}, 503
   */
  ReadersView of(Caller caller, ConversationId conversation, long seq) {
    limits.frame(caller.id());
    OpenConversations.Access access = openConversations.access(conversation, caller.id());
    LogEvent message = message(access, seq);
    if (access.members().size() > receipts.maxMembers()) {
      throw new ProblemException(
          ReaderProblem.GROUP_TOO_LARGE,
          "It is known of groups of up to " + receipts.maxMembers() + " members",
          Map.of("maxMembers", receipts.maxMembers()));
    }
    Set<UserId> asked = others(access, message);
    asked.add(caller.id());
    Set<UserId> on = switches.on(asked);
    if (!on.remove(caller.id())) {
      return new ReadersView(seq, ReadersView.Receipts.OFF, List.of());
    }
    if (!receipts.areKept(access.conversation(), access.members().size())) {
      on.clear();
    }
    Map<UserId, Receipt> found = on.isEmpty() ? Map.of() : receipts.of(conversation, on);
    List<ReaderView> items =
        on.stream()
            .sorted(Comparator.comparing(UserId::value))
            .map(user -> ReaderView.of(user, seq, found.getOrDefault(user, Receipt.NONE)))
            .toList();
    return new ReadersView(seq, ReadersView.Receipts.ON, items);
  }

  private LogEvent message(OpenConversations.Access access, long seq) {
    List<LogEvent> found = seq < 1 ? List.of() : reading.messages(access, List.of(seq));
    if (found.isEmpty()) {
      throw new ProblemException(ConversationProblem.MESSAGE_NOT_FOUND);
    }
    return found.get(0);
  }

  /** Who joined later and does not see it has not read it either. */
  private static Set<UserId> others(OpenConversations.Access access, LogEvent message) {
    Set<UserId> others = new HashSet<>();
    for (Member member : access.roster().values()) {
      UserId user = member.user();
      if (member.sees(message.seq())
          && !user.equals(message.author())
          && !user.equals(access.member().user())) {
        others.add(user);
      }
    }
    return others;
  }
}
