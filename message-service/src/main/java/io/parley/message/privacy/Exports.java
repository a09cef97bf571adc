package io.parley.message.privacy;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.availability.Presences;
import io.parley.message.conversation.ReadMarker;
import io.parley.message.conversation.ReadMarkers;
import io.parley.message.log.LogEvent;
import io.parley.message.log.LogScan;
import io.parley.message.reaction.Reactions;
import io.parley.message.receipts.Receipt;
import io.parley.message.receipts.Receipts;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.springframework.stereotype.Service;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/** Everything that is held on a user, as JSON that is written while it is read. */
@Service
class Exports {

  private final CassandraPersonStore person;
  private final ReadMarkers markers;
  private final OwnThings own;
  private final LogScan logs;
  private final Reactions reactions;
  private final Presences presences;
  private final Receipts receipts;
  private final JsonMapper json;

  Exports(
      CassandraPersonStore person,
      ReadMarkers markers,
      OwnThings own,
      LogScan logs,
      Reactions reactions,
      Presences presences,
      Receipts receipts,
      JsonMapper json) {
    this.person = person;
    this.markers = markers;
    this.own = own;
    this.logs = logs;
    this.reactions = reactions;
    this.presences = presences;
    this.receipts = receipts;
    // What breaks off half way must not look whole.
    this.json =
        json.rebuild()
            .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT, StreamWriteFeature.AUTO_CLOSE_TARGET)
            .build();
  }

  /**
   * Writes {@code {"presence": {…}, "conversations": […], "settings": […], "drafts": […],
   * "savedMessages": […], "hiddenMessages": […], "threads": […], "messages": […], "reactions":
   * […]}}: how the user has chosen to appear and when they were last online, where they are or were
   * and how far they have received and read, what they keep for themselves, every message they wrote,
   * with its edits, as members see it, and what they react with to which messages.
   *
   * @throws io.parley.common.problems.ProblemException 503; nothing or a part has been written
   */
  void write(UserId user, OutputStream out) {
    List<Place> places = person.places(user);
    Map<ConversationId, ReadMarker> read =
        markers.of(user, places.stream().map(Place::conversation).toList());
    try (JsonGenerator to = json.createGenerator(out)) {
      to.writeStartObject();
      to.writePOJOProperty("presence", presences.held(user));
      to.writeArrayPropertyStart("conversations");
      for (Place place : places) {
        to.writeStartObject();
        to.writeStringProperty("id", place.conversation().toString());
        to.writeStringProperty("kind", place.kind().name());
        if (place.otherUser() != null) {
          to.writeStringProperty("otherUserId", place.otherUser().toString());
        }
        to.writeBooleanProperty("member", place.active());
        ReadMarker marker = read.get(place.conversation());
        to.writeNumberProperty("readSeq", marker == null ? 0 : marker.seq());
        to.writeNumberProperty("deliveredSeq", deliveredSeq(place, user));
        to.writeEndObject();
      }
      to.writeEndArray();
      own.write(user, to);
      to.writeArrayPropertyStart("messages");
      Map<ConversationId, Map<Long, Set<String>>> reacted = new LinkedHashMap<>();
      for (Place place : places) {
        Map<Long, Set<String>> emoji = new TreeMap<>();
        logs.forEachPage(
            place.conversation(),
            page -> {
              writeMessages(user, page, to);
              reactions.collect(user, page, emoji);
            });
        reacted.put(place.conversation(), emoji);
      }
      to.writeEndArray();
      to.writeArrayPropertyStart("reactions");
      reacted.forEach(
          (conversation, messages) ->
              messages.forEach((seq, emoji) -> writeReactions(conversation, seq, emoji, to)));
      to.writeEndArray();
      to.writeEndObject();
      to.flush();
    }
  }

  private long deliveredSeq(Place place, UserId user) {
    return receipts
        .of(place.conversation(), Set.of(user))
        .getOrDefault(user, Receipt.NONE)
        .deliveredSeq();
  }

  private static void writeReactions(
      ConversationId conversation, long seq, Set<String> emoji, JsonGenerator to) {
    to.writeStartObject();
    to.writeStringProperty("conversationId", conversation.toString());
    to.writeNumberProperty("seq", seq);
    to.writeArrayPropertyStart("emoji");
    emoji.forEach(to::writeString);
    to.writeEndArray();
    to.writeEndObject();
  }

  private static void writeMessages(UserId user, List<LogEvent> page, JsonGenerator to) {
    for (LogEvent event : page) {
      boolean written =
          event.kind() == LogEvent.Kind.MESSAGE || event.kind() == LogEvent.Kind.EDITED;
      if (written && user.equals(event.author())) {
        to.writeRawValue(event.toJson());
      }
    }
  }
}
