package io.parley.common.logs;

import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/**
 * Fields of the MDC, named by the Elastic Common Schema where it has a name. They are ids, never
 * what somebody wrote, a token or an address.
 */
public final class LogFields {

  /** Under which the gateway knows the request; of a socket, that of its handshake. */
  public static final String REQUEST = "http.request.id";

  /** Whose access token it came with. */
  public static final String USER = "user.id";

  /** The conversation or group that it names. */
  public static final String CONVERSATION = "parley.conversation";

  /** The trace that the thread works for, where there are traces. */
  public static final String TRACE = "trace.id";

  /** The operation of that trace. */
  public static final String SPAN = "span.id";

  private LogFields() {}

  /**
   * @param value null when it is not known
   */
  public static void put(String field, @Nullable String value) {
    if (value != null) {
      MDC.put(field, value);
    }
  }

  /** When the thread is done with the request. */
  public static void clear() {
    MDC.remove(REQUEST);
    MDC.remove(USER);
    MDC.remove(CONVERSATION);
  }
}
