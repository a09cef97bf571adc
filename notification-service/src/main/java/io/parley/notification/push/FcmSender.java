package io.parley.notification.push;

import com.google.api.core.ApiFuture;
import com.google.firebase.FirebaseApp;
import com.google.firebase.IncomingHttpResponse;
import com.google.firebase.messaging.AndroidConfig;
import com.google.firebase.messaging.AndroidNotification;
import com.google.firebase.messaging.ApnsConfig;
import com.google.firebase.messaging.Aps;
import com.google.firebase.messaging.BatchResponse;
import com.google.firebase.messaging.FirebaseMessaging;
import com.google.firebase.messaging.FirebaseMessagingException;
import com.google.firebase.messaging.Message;
import com.google.firebase.messaging.MessagingErrorCode;
import com.google.firebase.messaging.Notification;
import com.google.firebase.messaging.SendResponse;
import com.google.firebase.messaging.WebpushConfig;
import com.google.firebase.messaging.WebpushNotification;
import io.parley.notification.device.Device;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Pushes by FCM's HTTP v1 API. A conversation's pushes share a collapse key, so that the device
 * shows the newest only.
 *
 * <p>firebase-admin itself repeats a 503, up to 4 times, after the Retry-After that FCM gave (when
 * that is a minute at most) or after 0.5 to 4 s. What still fails then, and every 429, other 5xx or
 * missing answer, is {@link Outcome#DEFERRED}.
 */
final class FcmSender implements PushSender, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FcmSender.class);
  private static final String ENDPOINT = "https://fcm.googleapis.com";
  private static final int TOO_MANY_REQUESTS = 429;

  /** FCM takes 4,096 bytes in all; ids and keys need about 1,200 of them. */
  static final int MAX_TITLE_CHARS = 160;

  static final int MAX_BODY_CHARS = 400;

  /** FCM keeps nothing for longer, and takes it for a mistake. */
  private static final Duration LONGEST = Duration.ofDays(28);

  private final FirebaseApp app;
  private final FirebaseMessaging messaging;
  private final String destination;
  private final JsonMapper json;
  private final Clock clock;

  private FcmSender(FirebaseApp app, String destination, JsonMapper json, Clock clock) {
    this.app = app;
    this.messaging = FirebaseMessaging.getInstance(app);
    this.destination = destination;
    this.json = json;
    this.clock = clock;
  }

  /**
   * @throws IllegalStateException when the file is not a service account's JSON
   */
  static FcmSender real(Path serviceAccount, JsonMapper json, Clock clock) {
    return new FcmSender(FcmApp.real(serviceAccount), ENDPOINT, json, clock);
  }

  /**
   * @throws IllegalStateException when the endpoint is not http(s)://host[:port]
   */
  static FcmSender standIn(String endpoint, String project, JsonMapper json, Clock clock) {
    return new FcmSender(FcmApp.standIn(endpoint, project), endpoint, json, clock);
  }

  @Override
  public List<PushResult> send(List<Push> pushes) {
    List<Message> messages =
        pushes.stream().map(push -> message(push.notice(), push.device())).toList();
    // One call each, as sendEach makes them, but with answers that can fail alone: when
    // firebase-admin
    // does not understand one answer, sendEach gives none, and the others would be sent again.
    List<ApiFuture<BatchResponse>> answers =
        messages.stream().map(message -> messaging.sendEachAsync(List.of(message))).toList();
    List<PushResult> results = new ArrayList<>(pushes.size());
    for (int i = 0; i < pushes.size(); i++) {
      results.add(result(pushes.get(i).device(), answers.get(i)));
    }
    return results;
  }

  @Override
  public String destination() {
    return destination;
  }

  @Override
  public void close() {
    app.delete();
  }

  private Message message(Notice notice, Device device) {
    String conversation = notice.conversationId().toString();
    Instant until = notice.expiresAt();
    Message.Builder message =
        Message.builder()
            .setToken(device.token())
            .putAllData(
                Map.of(
                    "conversationId", conversation,
                    "conversationKind", notice.conversationKind(),
                    "messageId", notice.messageId(),
                    "seq", Long.toString(notice.seq()),
                    "senderId", notice.senderId().toString(),
                    "sentAt", notice.sentAt().toString()));
    if (notice.words() != null) {
      message.setNotification(notification(notice.words()));
    }
    switch (device.platform()) {
      case ANDROID -> message.setAndroidConfig(android(conversation, until));
      case IOS -> message.setApnsConfig(apns(conversation, until));
      case WEB -> message.setWebpushConfig(webpush(conversation, until));
    }
    return message.build();
  }

  private static Notification notification(Words words) {
    String title =
        words.conversationName() == null
            ? words.senderName()
            : words.senderName() + " · " + words.conversationName();
    String text = words.text();
    return Notification.builder()
        .setTitle(cut(title, MAX_TITLE_CHARS))
        .setBody(text == null ? null : cut(text, MAX_BODY_CHARS))
        .build();
  }

  /** Never between the two chars of one character. */
  static String cut(String text, int maxChars) {
    if (text.length() <= maxChars) {
      return text;
    }
    int end = maxChars - 1;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
  }

  /** For a device that is away: how long FCM keeps it. */
  private Duration life(Instant until) {
    Duration left = Duration.between(clock.instant(), until);
    return left.isNegative() ? Duration.ZERO : left.compareTo(LONGEST) < 0 ? left : LONGEST;
  }

  private AndroidConfig android(String conversation, @Nullable Instant until) {
    AndroidConfig.Builder config =
        AndroidConfig.builder()
            .setPriority(AndroidConfig.Priority.HIGH)
            .setCollapseKey(conversation)
            .setNotification(AndroidNotification.builder().setTag(conversation).build());
    return (until == null ? config : config.setTtl(life(until).toMillis())).build();
  }

  private ApnsConfig apns(String conversation, @Nullable Instant until) {
    ApnsConfig.Builder config =
        ApnsConfig.builder()
            .putHeader("apns-collapse-id", conversation)
            .putHeader("apns-priority", "10")
            .setAps(Aps.builder().setThreadId(conversation).setSound("default").build());
    return (until == null
            ? config
            : config.putHeader(
                "apns-expiration",
                Long.toString(clock.instant().plus(life(until)).getEpochSecond())))
        .build();
  }

  /** A topic has at most 32 characters (RFC 8030, section 5.4): the UUID without its hyphens. */
  private WebpushConfig webpush(String conversation, @Nullable Instant until) {
    WebpushConfig.Builder config =
        WebpushConfig.builder()
            .putHeader("Topic", conversation.replace("-", ""))
            .putHeader("Urgency", "high")
            .setNotification(WebpushNotification.builder().setTag(conversation).build());
    return (until == null
            ? config
            : config.putHeader("TTL", Long.toString(life(until).toSeconds())))
        .build();
  }

  private PushResult result(Device device, ApiFuture<BatchResponse> answer) {
    try {
      return result(device, answer.get().getResponses().getFirst());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return PushResult.of(device.id(), Outcome.DEFERRED, "INTERRUPTED");
    } catch (ExecutionException e) {
      // It may have been sent. Twice is better than not at all.
      log.warn("the outcome of a push is not known: {}", String.valueOf(e.getCause()));
      return PushResult.of(device.id(), Outcome.DEFERRED, "UNKNOWN");
    }
  }

  private PushResult result(Device device, SendResponse response) {
    if (response.isSuccessful()) {
      return PushResult.of(device.id(), Outcome.SENT, null);
    }
    FirebaseMessagingException e = response.getException();
    MessagingErrorCode code = e.getMessagingErrorCode();
    String error = code != null ? code.name() : e.getErrorCode().name();
    IncomingHttpResponse answer = e.getHttpResponse();
    int status = answer == null ? 0 : answer.getStatusCode();
    if (code == MessagingErrorCode.UNREGISTERED
        || code == MessagingErrorCode.SENDER_ID_MISMATCH
        || (code == MessagingErrorCode.INVALID_ARGUMENT && isAboutToken(answer))) {
      return PushResult.of(device.id(), Outcome.GONE, error);
    }
    if (answer == null || status == TOO_MANY_REQUESTS || status >= 500) {
      log.warn("FCM could not take a push: {} {}", status, error);
      return new PushResult(device.id(), Outcome.DEFERRED, error, retryAfter(answer));
    }
    return PushResult.of(device.id(), Outcome.REFUSED, error);
  }

  /** FCM has one code for a bad token and a bad payload; the field that it names tells them. */
  private boolean isAboutToken(@Nullable IncomingHttpResponse answer) {
    if (answer == null || answer.getContent() == null) {
      return false;
    }
    try {
      JsonNode error = json.readTree(answer.getContent()).path("error");
      if (error.path("message").asString("").contains("registration token")) {
        return true;
      }
      for (JsonNode detail : error.path("details")) {
        for (JsonNode violation : detail.path("fieldViolations")) {
          if ("message.token".equals(violation.path("field").asString(""))) {
            return true;
          }
        }
      }
    } catch (JacksonException e) {
      log.debug("FCM's refusal is not JSON", e);
    }
    return false;
  }

  /** Seconds or an HTTP date (RFC 9110, section 10.2.3). */
  private Duration retryAfter(@Nullable IncomingHttpResponse answer) {
    if (answer == null) {
      return Duration.ZERO;
    }
    Object header = answer.getHeaders().get("retry-after");
    String value =
        String.valueOf(header instanceof List<?> list ? list.getFirst() : header).strip();
    try {
      Duration wait =
          value.chars().allMatch(Character::isDigit) && !value.isEmpty()
              ? Duration.ofSeconds(Long.parseLong(value))
              : Duration.between(
                  clock.instant(),
                  ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      return wait.isNegative() ? Duration.ZERO : wait;
    } catch (DateTimeException | NumberFormatException e) {
      return Duration.ZERO;
    }
  }
}
