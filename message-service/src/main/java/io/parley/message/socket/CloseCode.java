package io.parley.message.socket;

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
  SILENT(4408, "heartbeat-missed"),
  TOO_SLOW(4413, "too-slow");

  private final int code;
  private final String reason;

  CloseCode(int code, String reason) {
    this.code = code;
    this.reason = reason;
  }

  int code() {
    return code;
  }

  String reason() {
    return reason;
  }
}
