package io.parley.message.mention;

import io.parley.common.groups.GroupPermission;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.Conversation;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.mention.MentionScan.Place;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Service;

/**
 * Finds whom a text mentions, when it is stored: members by their usernames, and all of a group
 * where its rules let the author do that. What mentions nobody is text; nothing is refused.
 */
@Service
public class Mentions {

  /** In one text; what comes behind is text. */
  static final int MAX = 50;

  private final KnownUsernames usernames;

  Mentions(KnownUsernames usernames) {
    this.usernames = usernames;
  }

  /**
   * Whom a text of a member mentions. A text without an {@code @} costs a look at it; names that
   * this node has not met lately are asked for at user-service, for {@code
   * parley.mentions.patience} at most.
   *
   * @param access its author's, to the conversation
   */
  public Mentioned of(OpenConversations.Access access, String text) {
    List<Place> places = MentionScan.places(text);
    if (places.isEmpty()) {
      return Mentioned.NOBODY;
    }
    Set<String> names = new HashSet<>();
    for (Place place : places) {
      for (String name : place.names()) {
        if (Mention.All.find(name) == null) {
          names.add(name);
        }
      }
    }
    Map<String, UserId> users = usernames.of(names);
    boolean mayMentionAll = mayMentionAll(access);
    List<Mention> mentions = new ArrayList<>();
    for (Place place : places) {
      for (String name : place.names()) {
        Mention.All all = Mention.All.find(name);
        UserId user = users.get(name);
        boolean isMember = user != null && access.members().contains(user);
        if (all == null ? isMember : mayMentionAll) {
          mentions.add(new Mention(user, all, place.start(), 1 + name.length()));
          break;
        }
      }
      if (mentions.size() == MAX) {
        break;
      }
    }
    return Mentioned.of(mentions);
  }

  private static boolean mayMentionAll(OpenConversations.Access access) {
    Conversation conversation = access.conversation();
    return conversation.kind() == Conversation.Kind.GROUP
        && conversation.allows(access.member(), GroupPermission.MENTION_EVERYONE);
  }
}
