package io.parley.notification.fakefcm;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a token makes the fake FCM do: {@code <prefix>-rest} always, {@code <prefix>-3-rest} for the
 * first 3 sends to that token. Any other token is fine.
 */
enum Behaviour {
  UNREGISTERED(404, "NOT_FOUND", "UNREGISTERED", "Requested entity was not found."),
  MISMATCH(403, "PERMISSION_DENIED", "SENDER_ID_MISMATCH", "SenderId mismatch"),
  INVALID(
      400,
      "INVALID_ARGUMENT",
      "INVALID_ARGUMENT",
      "The registration token is not a valid FCM registration token"),
  REFUSED(401, "UNAUTHENTICATED", "THIRD_PARTY_AUTH_ERROR", "Auth error from APNS"),
  QUOTA(429, "RESOURCE_EXHAUSTED", "QUOTA_EXCEEDED", "Resource has been exhausted."),
  INTERNAL(500, "INTERNAL", "INTERNAL", "Internal error encountered."),
  UNAVAILABLE(503, "UNAVAILABLE", "UNAVAILABLE", "The service is currently unavailable.");

  private static final Pattern TOKEN = Pattern.compile("([a-z]+)-(?:(\\d{1,6})-)?.*");

  final int status;
  private final String googleStatus;
  private final String errorCode;
  private final String message;

  Behaviour(int status, String googleStatus, String errorCode, String message) {
    this.status = status;
    this.googleStatus = googleStatus;
    this.errorCode = errorCode;
    this.message = message;
  }

  /**
   * @param sends how often the token was sent to, this time included
   * @return null when the send succeeds
   */
  static @Nullable Behaviour of(String token, int sends) {
    Matcher matcher = TOKEN.matcher(token);
    if (matcher.matches()) {
      for (Behaviour behaviour : values()) {
        if (behaviour.name().equalsIgnoreCase(matcher.group(1))) {
          String times = matcher.group(2);
          return times == null || sends <= Integer.parseInt(times) ? behaviour : null;
        }
      }
    }
    return null;
  }

  /** The first with this status; null: none has it. */
  static @Nullable Behaviour withStatus(int status) {
    for (Behaviour behaviour : values()) {
      if (behaviour.status == status) {
        return behaviour;
      }
    }
    return null;
  }

  boolean asksToWait() {
    return status == 429 || status == 503;
  }

  /** As FCM's HTTP v1 API answers. */
  Map<String, Object> body() {
    return body(status, message, googleStatus, errorCode);
  }

  static Map<String, Object> body(
      int code, String message, String googleStatus, @Nullable String errorCode) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("code", code);
    error.put("message", message);
    error.put("status", googleStatus);
    if (errorCode != null) {
      error.put(
          "details",
          List.of(
              Map.of(
                  "@type",
                  "type.googleapis.com/google.firebase.fcm.v1.FcmError",
                  "errorCode",
                  errorCode)));
    }
    return Map.of("error", error);
  }
}
