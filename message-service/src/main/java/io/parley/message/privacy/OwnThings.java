package io.parley.message.privacy;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.CassandraSettingsStore;
import io.parley.message.conversation.MemberSettings;
import io.parley.message.drafts.Drafts;
import io.parley.message.hidden.HiddenMessages;
import io.parley.message.saved.SavedMessages;
import io.parley.message.thread.Follow;
import io.parley.message.thread.Following;
import org.springframework.stereotype.Component;
import tools.jackson.core.JsonGenerator;

/** What a user keeps for themselves, and nobody else sees. */
@Component
class OwnThings {

  private final CassandraSettingsStore settings;
  private final Drafts drafts;
  private final SavedMessages saved;
  private final HiddenMessages hidden;
  private final Following following;

  OwnThings(
      CassandraSettingsStore settings,
      Drafts drafts,
      SavedMessages saved,
      HiddenMessages hidden,
      Following following) {
    this.settings = settings;
    this.drafts = drafts;
    this.saved = saved;
    this.hidden = hidden;
    this.following = following;
  }

  /**
   * Writes a list of each kind into an object.
   *
   * @throws io.parley.common.problems.ProblemException 503
   */
  void write(UserId user, JsonGenerator to) {
    to.writeArrayPropertyStart("settings");
    settings.all(user).forEach((conversation, set) -> write(conversation, set, to));
    to.writeEndArray();
    to.writeArrayPropertyStart("drafts");
    drafts.forEach(user, to::writePOJO);
    to.writeEndArray();
    to.writeArrayPropertyStart("savedMessages");
    saved.forEach(user, to::writePOJO);
    to.writeEndArray();
    to.writeArrayPropertyStart("hiddenMessages");
    hidden
        .all(user)
        .forEach(
            (conversation, seqs) -> {
              to.writeStartObject();
              to.writeStringProperty("conversationId", conversation.toString());
              to.writeArrayPropertyStart("seqs");
              seqs.forEach(to::writeNumber);
              to.writeEndArray();
              to.writeEndObject();
            });
    to.writeEndArray();
    to.writeArrayPropertyStart("threads");
    following.forEach(user, follow -> write(follow, to));
    to.writeEndArray();
  }

  private static void write(Follow follow, JsonGenerator to) {
    to.writeStartObject();
    to.writeStringProperty("conversationId", follow.conversation().toString());
    to.writeNumberProperty("threadRoot", follow.root());
    to.writeBooleanProperty("followed", follow.isFollowed());
    to.writeNumberProperty("readSeq", follow.readTo());
    to.writeEndObject();
  }

  /** As it is stored; absent: not set. */
  private static void write(ConversationId conversation, MemberSettings set, JsonGenerator to) {
    to.writeStartObject();
    to.writeStringProperty("conversationId", conversation.toString());
    if (set.mutedUntil() != null) {
      to.writeStringProperty("mutedUntil", set.mutedUntil().toString());
    }
    if (set.archivedSeq() != MemberSettings.NOT) {
      to.writeNumberProperty("archivedSeq", set.archivedSeq());
    }
    to.writeBooleanProperty("pinned", set.pinned());
    if (set.order() != MemberSettings.NOT) {
      to.writeNumberProperty("order", set.order());
    }
    to.writeBooleanProperty("markedUnread", set.unreadPlace() != MemberSettings.NOT);
    to.writeEndObject();
  }

  /**
   * Returns when all of it is gone.
   *
   * @throws io.parley.common.problems.ProblemException 503: call again
   */
  void forget(UserId user) {
    saved.forget(user);
    drafts.forget(user);
    hidden.forget(user);
    following.forget(user);
    // Last: by these the hidden ones are found.
    settings.forget(user);
  }
}
