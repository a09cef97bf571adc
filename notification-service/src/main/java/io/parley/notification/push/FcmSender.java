package io.parley.notification.push;

import com.google.api.core.ApiFuture;
import com.google.firebase.FirebaseApp;
import com.google.firebase.IncomingHttpResponse;
import com.google.firebase.messaging.BatchResponse;
import com.google.firebase.messaging.FirebaseMessaging;
import com.google.firebase.messaging.FirebaseMessagingException;
import com.google.firebase.messaging.Message;
import com.google.firebase.messaging.MessagingErrorCode;
import com.google.firebase.messaging.SendResponse;
import io.parley.notification.device.Channel;
import io.parley.notification.device.Device;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Pushes by FCM's HTTP v1 API.
 *
 * <p>firebase-admin itself repeats a 503, up to 4 times, after the Retry-After that FCM gave (when
 * that is a minute at most) or after 0.5 to 4 s. What still fails then, and every 429, other 5xx or
 * missing answer, is {@link Outcome#DEFERRED}.
 */
final class FcmSender implements ChannelSender, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FcmSender.class);
  private static final String ENDPOINT = "https://fcm.googleapis.com";
  private static final int TOO_MANY_REQUESTS = 429;

  private final FirebaseApp app;
  private final FirebaseMessaging messaging;
  private final String destination;
  private final FcmMessages messages;
  private final JsonMapper json;
  private final Clock clock;

  private FcmSender(
      FirebaseApp app, String destination, PushTexts texts, JsonMapper json, Clock clock) {
    this.app = app;
    this.messaging = FirebaseMessaging.getInstance(app);
    this.destination = destination;
    this.messages = new FcmMessages(texts, clock);
    this.json = json;
    this.clock = clock;
  }

  /**
   * @throws IllegalStateException when the file is not a service account's JSON
   */
  static FcmSender real(Path serviceAccount, PushTexts texts, JsonMapper json, Clock clock) {
    return new FcmSender(FcmApp.real(serviceAccount), ENDPOINT, texts, json, clock);
  }

  /**
   * @throws IllegalStateException when the endpoint is not http(s)://host[:port]
   */
  static FcmSender standIn(
      String endpoint, String project, PushTexts texts, JsonMapper json, Clock clock) {
    return new FcmSender(FcmApp.standIn(endpoint, project), endpoint, texts, json, clock);
  }

  @Override
  public Channel channel() {
    return Channel.FCM;
  }

  @Override
  public List<PushResult> send(List<Push> pushes) {
    List<Message> all = pushes.stream().map(messages::of).toList();
    // One call each, as sendEach makes them, but with answers that can fail alone: when the
    // library does not understand one answer, sendEach gives none, and the others would be sent
    // again.
    List<ApiFuture<BatchResponse>> answers =
        all.stream().map(message -> messaging.sendEachAsync(List.of(message))).toList();
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

  private Duration retryAfter(@Nullable IncomingHttpResponse answer) {
    if (answer == null) {
      return Duration.ZERO;
    }
    Object header = answer.getHeaders().get("retry-after");
    return RetryAfter.of(
        header instanceof List<?> list ? list.getFirst() : header, clock.instant());
  }
}
