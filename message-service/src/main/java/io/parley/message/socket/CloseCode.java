package io.parley.message.socket;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemType;

/**
 * Why the server closes a socket (RFC 6455, section 7.4; 4000 and above are this project's, listed
 * in docs/api/websocket.md). 1009 for a frame that is too long is sent by the container.
 */
enum CloseCode {
  NORMAL(1000, "bye"),
  GOING_AWAY(1001, "going-away"),
  PROTOCOL_ERROR(1002, "protocol-error"),
  INTERNAL(1011, "internal"),
  UNAUTHENTICATED(4401, "unauthenticated"),
  SESSION_ENDED(4401, "session-ended"),
  SILENT(4408, "heartbeat-missed"),
  TOO_SLOW(4413, "too-slow"),
  RATE_LIMITED(4429, "rate-limited"),
  TOO_MANY_CONNECTIONS(4429, "too-many-connections");

  private final int code;
  private final String reason;

  CloseCode(int code, String reason) {
    this.code = code;
    this.reason = reason;
  }

  /** The code after an ERROR that says this. */
  static CloseCode after(ProblemType refusal) {
    if (refusal == SocketProblem.SESSION_ENDED) {
      return SESSION_ENDED;
    }
    if (refusal == SocketProblem.TOO_MANY_CONNECTIONS) {
      return TOO_MANY_CONNECTIONS;
    }
    if (refusal == CommonProblem.RATE_LIMITED) {
      return RATE_LIMITED;
    }
    return refusal == CommonProblem.UNAUTHENTICATED || refusal == CommonProblem.TOKEN_EXPIRED
        ? UNAUTHENTICATED
        : PROTOCOL_ERROR;
  }

  /** A close code in a word, for what is counted. */
  static String reasonOf(int code) {
    return switch (code) {
      case 1000 -> "normal";
      case 1001 -> "going-away";
      case 1002 -> "protocol-error";
      case 1005, 1006 -> "none";
      case 1009 -> "too-big";
      case 1011 -> "internal";
      case 4401 -> "unauthenticated";
      case 4408 -> "silent";
      case 4413 -> "too-slow";
      case 4429 -> "limited";
      default -> "other";
    };
  }

  int code() {
    return code;
  }

  String reason() {
    return reason;
  }
}
