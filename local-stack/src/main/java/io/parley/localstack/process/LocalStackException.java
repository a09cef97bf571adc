package io.parley.localstack.process;

import java.nio.file.Path;

/**
 * Why something did not start. The message is one line for a person: what, why, and where to read
 * more.
 */
public final class LocalStackException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public LocalStackException(String message) {
    super(message);
  }

  public LocalStackException(String message, Throwable cause) {
    super(message, cause);
  }

  public static LocalStackException withLog(String message, Path log) {
    return new LocalStackException(message + "; its log: " + log);
  }
}
