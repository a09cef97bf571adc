package io.parley.message.stomp;

import org.jspecify.annotations.Nullable;

/** What a client sent is no STOMP frame; says why, in words for whoever wrote the client. */
public final class NotAFrame extends Exception {

  private static final long serialVersionUID = 1L;

  private final @Nullable String receipt;

  /**
   * @param receipt what the frame asked for, as far as it could be read
   */
  NotAFrame(String message, @Nullable String receipt) {
    super(message);
    this.receipt = receipt;
  }

  public @Nullable String receipt() {
    return receipt;
  }
}
