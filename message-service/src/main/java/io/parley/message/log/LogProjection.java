package io.parley.message.log;

/**
 * A view that follows from events of the log and is kept beside it: what a message says after an
 * edit, who has reacted to it. Who appends such an event applies it before anybody is told; when
 * that node dies in between, another finds its note and applies the event again.
 */
public interface LogProjection {

  /** Whether the event changes this view; a look at the event only. */
  boolean covers(LogEvent event);

  /**
   * Brings the view up to the event. May be called any number of times, also when later events were
   * applied already: the view is then the same.
   *
   * @throws io.parley.common.problems.ProblemException 503 when a store does not answer
   */
  void apply(LogEvent event);
}
