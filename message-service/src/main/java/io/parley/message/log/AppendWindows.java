package io.parley.message.log;

import io.parley.common.ids.ConversationId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;

/**
 * For appends that must happen once whoever does them again, however much later, and whoever else
 * may still be about to do them (ADR 0023). All who append within one window get the same place:
 * they take one in its epoch only, whose counter knows every event of the window. Once it was
 * closed nothing is appended in it any more, by nobody, and what was is known.
 */
@Service
public class AppendWindows {

  private static final int ATTEMPTS = 60;

  /** As many as are read together. */
  private static final int MOST = 500;

  private final Sequencer sequencer;
  private final Epochs epochs;
  private final EpochOpening opening;
  private final LogReader reader;
  private final Pace pace;
  private final int size;

  AppendWindows(
      Sequencer sequencer,
      Epochs epochs,
      EpochOpening opening,
      LogReader reader,
      LogProperties properties,
      Pace pace) {
    this.sequencer = sequencer;
    this.epochs = epochs;
    this.opening = opening;
    this.reader = reader;
    this.pace = pace;
    this.size = Math.min(MOST, properties.rememberedSends() / 2);
  }

  /**
   * A window behind all that is in the log now.
   *
   * @throws ProblemException 503 when a store does not answer
   */
  public AppendWindow open(EventLog.Draft draft) {
    ConversationId conversation = draft.conversation();
    EventId id = draft.id();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      // A counter that is lost is made good first: else the window would be one of the past.
      Sequencer.Answer answer =
          opening.counted(conversation, () -> sequencer.find(conversation, id));
      LogEpoch epoch = answer instanceof Sequencer.Stale ? null : epochs.settled(conversation);
      if (epoch == null) {
        pace.sleep(EpochOpening.PAUSE);
        continue;
      }
      LogHead head = reader.head(conversation);
      long after = head == null ? 0 : head.seq();
      return new AppendWindow(epoch.epoch(), after, after + size);
    }
    throw reopening();
  }

  /**
   * Sees to it that nothing is appended within a window any more: if the log has not passed it, its
   * epoch is ended.
   *
   * @return what was appended for the draft within it; null: nothing, and nothing will be
   * @throws ProblemException 409 {@code client-message-id-reused} when something else has the
   *     draft's name; 503 when a store does not answer, or a seq of the window is still being
   *     written
   */
  public @Nullable LogEvent close(EventLog.Draft draft, AppendWindow window) {
    ConversationId conversation = draft.conversation();
    long through = Math.min(window.last(), lastPlace(conversation, window));
    int events = (int) (through - window.after());
    if (events <= 0) {
      return null;
    }
    List<LogEvent> page = reader.read(conversation, window.after() + 1, events);
    if (page.size() < events) {
      throw new ProblemException(CommonProblem.STORE_UNAVAILABLE, "The log has a hole");
    }
    for (LogEvent event : page) {
      if (event.id().equals(draft.id())) {
        EventLog.refuseOther(draft, event);
        return event;
      }
    }
    return null;
  }

  /** The last seq of its epoch, once that is over; the last of the window if the log passed it. */
  private long lastPlace(ConversationId conversation, AppendWindow window) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      LogEpoch epoch = epochs.settled(conversation);
      if (epoch != null && epoch.epoch() > window.epoch()) {
        return epoch.firstSeq() - 1;
      }
      LogHead head = reader.head(conversation);
      if (head != null && head.seq() >= window.last()) {
        return window.last();
      }
      opening.end(conversation, window.epoch());
    }
    throw reopening();
  }

  private static ProblemException reopening() {
    return new ProblemException(CommonProblem.STORE_UNAVAILABLE, "The log is being reopened");
  }
}
