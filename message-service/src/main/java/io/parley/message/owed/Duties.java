package io.parley.message.owed;

import io.parley.common.ids.ConversationId;
import io.parley.message.log.LogEvent;

/** What a node takes on itself with an event that it puts into the log. */
public interface Duties {

  /** Held over an append: one that ends without a word is looked up in the log later. */
  interface Duty extends AutoCloseable {

    /** The event is in the log and applied; what others have to be told of it is told. */
    void done(LogEvent event);

    /** The event is in the log, and what follows from it could not be noted: this node owes it. */
    void owe(LogEvent event);

    @Override
    void close();
  }

  /** To be taken before the event has a place in the log, and closed after it was told of. */
  Duty duty(ConversationId conversation);
}
