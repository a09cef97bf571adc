package io.parley.message.chat;

import io.parley.common.access.Caller;
import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.message.conversation.ReadMarker;
import io.parley.message.conversation.ReadMarkers;
import io.parley.message.delivery.OpenConversations;
import io.parley.message.log.LogEvent;
import org.springframework.stereotype.Service;

/** Members say how far they have read. */
@Service
public class Marks {

  private final OpenConversations openConversations;
  private final Reading reading;
  private final ReadMarkers markers;
  private final PassingEvents passing;

  Marks(
      OpenConversations openConversations,
      Reading reading,
      ReadMarkers markers,
      PassingEvents passing) {
    this.openConversations = openConversations;
    this.reading = reading;
    this.markers = markers;
    this.passing = passing;
  }

  /**
   * Moves the caller's read marker forward and tells their other devices, and the others where they
   * are few.
   *
   * @throws ProblemException 400 when there is no such event
   */
  public ReadMarker markRead(Caller caller, ConversationId conversation, MarkRead command) {
    OpenConversations.Access access = openConversations.access(conversation, caller.id());
    long seq = command.seq();
    if (seq == 0) {
      return markers.of(caller.id(), conversation);
    }
    LogEvent event = reading.event(access, seq);
    if (event == null) {
      throw new ProblemException(
          CommonProblem.INVALID_REQUEST,
          seq < 0 ? "seq: must not be negative" : "seq: there is no such event yet");
    }
    ReadMarker marker =
        markers.advance(caller.id(), conversation, new ReadMarker(seq, event.messageCount()));
    if (marker.seq() == seq) {
      passing.tellOfReading(access, seq);
    }
    return marker;
  }
}
