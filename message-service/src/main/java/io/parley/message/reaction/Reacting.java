package io.parley.message.reaction;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.chat.ChatRules;
import io.parley.message.chat.Reading;
import io.parley.message.conversation.ConversationProblem;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.limits.UserLimits;
import io.parley.message.log.LogEvent;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/** Members react to messages, take that back, and see who has. */
@Service
class Reacting {

  /**
   * @param reactionsSeq the seq of the event that made it so
   */
  @JsonPropertyOrder({"emoji", "userId", "reactionsSeq"})
  record Reactor(String emoji, UserId userId, long reactionsSeq) {}

  /**
   * @param items by emoji
   * @param next pass as {@code cursor}; null: there is nothing more. A page may be short all the
   *     same
   */
  record Reactors(List<Reactor> items, @Nullable String next) {}

  private static final UserId FIRST = new UserId(new UUID(0, 0));

  private final OpenConversations openConversations;
  private final Reading reading;
  private final ChatRules rules;
  private final UserLimits limits;
  private final Reactions reactions;
  private final ReactionLanes lanes;

  Reacting(
      OpenConversations openConversations,
      Reading reading,
      ChatRules rules,
      UserLimits limits,
      Reactions reactions,
      ReactionLanes lanes) {
    this.openConversations = openConversations;
    this.reading = reading;
    this.rules = rules;
    this.limits = limits;
    this.reactions = reactions;
    this.lanes = lanes;
  }

  /**
   * Adds the caller's reaction, or takes it back; a repeat changes nothing.
   *
   * @return what there is then of this kind
   * @throws ProblemException 400 {@code invalid-request}, 403 {@code not-a-member}, {@code
   *     forbidden}, {@code blocked}, {@code muted}, 404 {@code conversation-not-found}, {@code
   *     message-not-found}, 409 {@code conversation-archived}, {@code too-many-reactions}, 429
   *     {@code rate-limited}, 503 {@code store-unavailable}
   */
  ReactionView react(
      Caller caller, ConversationId conversation, long seq, @Nullable String emoji, boolean added) {
    limits.frame(caller.id());
    ReactionChange wish = new ReactionChange(caller.id(), Emoji.of(emoji), added);
    OpenConversations.Access access = openConversations.access(conversation, caller.id());
    rules.admitChanging(access);
    if (seq < 1 || !access.member().sees(seq)) {
      throw new ProblemException(ConversationProblem.MESSAGE_NOT_FOUND);
    }
    return lanes.change(conversation, seq, wish);
  }

  /**
   * Who reacts to a message, by emoji.
   *
   * @param emoji of this kind only; null: all
   * @throws ProblemException 400 {@code invalid-request}, 403 {@code not-a-member}, 404 {@code
   *     conversation-not-found}, {@code message-not-found}
   */
  Reactors reactors(
      Caller caller,
      ConversationId conversation,
      long seq,
      @Nullable String emoji,
      @Nullable String cursor,
      int limit) {
    limits.frame(caller.id());
    String kind = emoji == null ? null : Emoji.of(emoji);
    Reaction after =
        cursor == null ? new Reaction(kind == null ? "" : kind, FIRST) : reaction(cursor);
    LogEvent message = reading.message(openConversations.access(conversation, caller.id()), seq);
    if (message == null || message.isDeleted()) {
      throw new ProblemException(ConversationProblem.MESSAGE_NOT_FOUND);
    }
    if (!message.changes().reacted()) {
      return new Reactors(List.of(), null);
    }
    Reactions.Page page = reactions.after(conversation, seq, after, limit);
    List<Reactor> items =
        page.items().stream()
            .filter(stored -> kind == null || kind.equals(stored.reaction().emoji()))
            .map(
                stored ->
                    new Reactor(stored.reaction().emoji(), stored.reaction().user(), stored.seq()))
            .toList();
    Reaction next = page.next();
    boolean more = next != null && (kind == null || kind.equals(next.emoji()));
    return new Reactors(items, more && next != null ? cursor(next) : null);
  }

  /** Its code points and the user: a cursor needs no encoding in an address. */
  private static String cursor(Reaction reaction) {
    return reaction
            .emoji()
            .codePoints()
            .mapToObj(Integer::toHexString)
            .collect(Collectors.joining("."))
        + "_"
        + reaction.user();
  }

  private static Reaction reaction(String cursor) {
    int end = cursor.indexOf('_');
    try {
      StringBuilder emoji = new StringBuilder();
      for (String codePoint : cursor.substring(0, Math.max(0, end)).split("\\.", -1)) {
        emoji.appendCodePoint(Integer.parseInt(codePoint, 16));
      }
      return new Reaction(emoji.toString(), UserId.valueOf(cursor.substring(end + 1)));
    } catch (IllegalArgumentException e) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "cursor: is none of ours");
    }
  }
}
