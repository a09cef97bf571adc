package io.parley.message.log;

/**
 * Where in the log an append may take a place, so that it can be made certain later that it did, or
 * that it never will: in one epoch, behind a seq that was the head when the window was opened, and
 * so near to it that the counter knows a repeat ({@link AppendWindows}).
 *
 * @param after it takes a seq above
 * @param last it takes a seq up to
 */
public record AppendWindow(int epoch, long after, long last) {

  /** The append took no place: the log has gone beyond its window. */
  public static final class Passed extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Passed() {
      super("the log has gone beyond the window");
    }
  }
}
