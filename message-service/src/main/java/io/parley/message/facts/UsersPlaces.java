package io.parley.message.facts;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.MemberSettings;
import io.parley.message.conversation.Membership;
import io.parley.message.conversation.ReadMarker;
import java.util.List;
import java.util.Map;

/**
 * Where some users are members, how far each has read there, and what each has set.
 *
 * @param markers where anything was read
 * @param settings where anything was set
 */
record UsersPlaces(
    Map<UserId, List<Membership>> memberships,
    Map<UserId, Map<ConversationId, ReadMarker>> markers,
    Map<UserId, Map<ConversationId, MemberSettings>> settings) {

  ReadMarker marker(UserId user, ConversationId conversation) {
    return markers.getOrDefault(user, Map.of()).getOrDefault(conversation, ReadMarker.NONE);
  }

  MemberSettings settings(UserId user, ConversationId conversation) {
    return settings.getOrDefault(user, Map.of()).getOrDefault(conversation, MemberSettings.NONE);
  }
}
