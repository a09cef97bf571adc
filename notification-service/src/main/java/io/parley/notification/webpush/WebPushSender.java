package io.parley.notification.webpush;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.zerodeplibs.webpush.EncryptedPushMessage;
import com.zerodeplibs.webpush.MessageEncryptions;
import com.zerodeplibs.webpush.PushMessage;
import com.zerodeplibs.webpush.UserAgentMessageEncryptionKeyInfo;
import com.zerodeplibs.webpush.jwt.VAPIDJWTParam;
import io.parley.notification.device.Channel;
import io.parley.notification.device.Device;
import io.parley.notification.device.WebPushEndpoints;
import io.parley.notification.push.ChannelSender;
import io.parley.notification.push.Notice;
import io.parley.notification.push.Outcome;
import io.parley.notification.push.Push;
import io.parley.notification.push.PushData;
import io.parley.notification.push.PushResult;
import io.parley.notification.push.PushTexts;
import io.parley.notification.push.RetryAfter;
import io.parley.notification.push.Shown;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.Message;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Posts pushes to the endpoints that devices have registered, all of a batch at once, each within
 * the timeout.
 *
 * <p>A conversation's pushes have one topic, so that a push service keeps the newest only for a
 * device that is away; the tag in the message does the same for what is on the screen.
 */
final class WebPushSender implements ChannelSender, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WebPushSender.class);

  private static final int NOT_FOUND = 404;
  private static final int GONE = 410;
  private static final int TOO_LARGE = 413;
  private static final int TOO_MANY_REQUESTS = 429;

  /** RFC 8292 allows 24 hours, by two machines' clocks. */
  private static final Duration SIGNED_FOR = Duration.ofHours(12);

  private static final Duration SIGNATURE_KEPT = Duration.ofHours(1);

  /** Origins: users name them. */
  private static final int MAX_SIGNATURES = 1_000;

  private final VapidKeys keys;
  private final WebPushProperties properties;
  private final PushTexts texts;
  private final JsonMapper json;
  private final Clock clock;
  private final WebPushClient client;

  /** By origin, as a signature says whom it is for. */
  private final Cache<String, String> authorizations =
      Caffeine.newBuilder().maximumSize(MAX_SIGNATURES).expireAfterWrite(SIGNATURE_KEPT).build();

  WebPushSender(
      VapidKeys keys,
      WebPushProperties properties,
      WebPushEndpoints endpoints,
      PushTexts texts,
      JsonMapper json,
      Clock clock) {
    this.keys = keys;
    this.properties = properties;
    this.texts = texts;
    this.json = json;
    this.clock = clock;
    this.client = new WebPushClient(endpoints, properties.timeout());
  }

  @Override
  public Channel channel() {
    return Channel.WEB_PUSH;
  }

  @Override
  public String destination() {
    return "the push services of subscribers";
  }

  @Override
  public void close() {
    client.close();
  }

  @Override
  public List<PushResult> send(List<Push> pushes) {
    List<Answer> answers = pushes.stream().map(push -> post(push, true)).toList();
    List<PushResult> results = new ArrayList<>(pushes.size());
    for (int i = 0; i < pushes.size(); i++) {
      PushResult result = result(answers.get(i));
      // What a push service takes may be less than the 4,096 bytes that RFC 8030 asks for.
      results.add(isTooLarge(result) ? result(post(pushes.get(i), false)) : result);
    }
    return results;
  }

  private static boolean isTooLarge(PushResult result) {
    return result.outcome() == Outcome.REFUSED && error(TOO_LARGE).equals(result.error());
  }

  private Answer post(Push push, boolean withBody) {
    Device device = push.device();
    try {
      EncryptedPushMessage encrypted = encrypt(device, message(push, withBody));
      Map<String, String> headers = new LinkedHashMap<>();
      headers.put("Authorization", authorization(device.token()));
      headers.put("Content-Encoding", encrypted.contentEncoding());
      headers.put("TTL", Long.toString(push.life(clock.instant()).toSeconds()));
      headers.put("Urgency", isUrgent(push.notice()) ? "high" : "normal");
      headers.put("Topic", topic(push.notice()));
      return answer(device, client.post(device.token(), headers, encrypted.toBytes()), null);
    } catch (RuntimeException e) {
      log.error("a push to device {} can not be made", device.id(), e);
      return answer(
          device, null, PushResult.of(device.id(), Outcome.REFUSED, e.getClass().getSimpleName()));
    }
  }

  private byte[] message(Push push, boolean withBody) {
    Notice notice = push.notice();
    Map<String, String> message = new LinkedHashMap<>(PushData.of(notice));
    if (notice.kind() != Notice.Kind.WITHDRAW) {
      Shown shown = texts.of(notice.words(), notice.mention(), push.device().locale());
      message.put("title", shown.title());
      if (shown.body() != null && withBody) {
        message.put("body", shown.body());
      }
      message.put("lang", shown.language());
    }
    return json.writeValueAsBytes(message);
  }

  private static EncryptedPushMessage encrypt(Device device, byte[] message) {
    return MessageEncryptions.of()
        .encrypt(
            UserAgentMessageEncryptionKeyInfo.of(
                Objects.requireNonNull(device.p256dh()), Objects.requireNonNull(device.auth())),
            PushMessage.of(message));
  }

  private String authorization(String endpoint) {
    URI uri = URI.create(endpoint);
    return authorizations.get(
        uri.getScheme() + "://" + uri.getAuthority(), origin -> sign(endpoint));
  }

  private String sign(String endpoint) {
    VAPIDJWTParam.Builder claims =
        VAPIDJWTParam.getBuilder()
            .resourceURLString(endpoint)
            .expirationTime(clock.instant().plus(SIGNED_FOR));
    if (!properties.subject().isEmpty()) {
      claims.subject(properties.subject());
    }
    return keys.pair().generateAuthorizationHeaderValue(claims.build());
  }

  /** At most 32 characters (RFC 8030, section 5.4): the UUID without its hyphens. */
  private static String topic(Notice notice) {
    return notice.conversationId().toString().replace("-", "");
  }

  /** What is silent wakes nobody. */
  private static boolean isUrgent(Notice notice) {
    return notice.urgent() && notice.kind() == Notice.Kind.RING;
  }

  private static String error(int status) {
    return "HTTP_" + status;
  }

  private Answer answer(
      Device device,
      @Nullable Future<Message<HttpResponse, Void>> response,
      @Nullable PushResult failure) {
    return new Answer(
        device, response, failure, System.nanoTime() + properties.timeout().toNanos());
  }

  private PushResult result(Answer answer) {
    Future<Message<HttpResponse, Void>> response = answer.response();
    Device device = answer.device();
    if (response == null) {
      return Objects.requireNonNull(answer.failure());
    }
    try {
      long left = Math.max(0, answer.deadlineNanos() - System.nanoTime());
      return result(device, response.get(left, TimeUnit.NANOSECONDS).getHead());
    } catch (TimeoutException e) {
      response.cancel(true);
      return PushResult.of(device.id(), Outcome.DEFERRED, "TIMEOUT");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return PushResult.of(device.id(), Outcome.DEFERRED, "INTERRUPTED");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PrivateAddressException) {
        return PushResult.of(device.id(), Outcome.REFUSED, "PRIVATE_ADDRESS");
      }
      // Without its message, which may have the endpoint: that is a secret.
      log.warn("a push service does not answer: {}", kind(e));
      return PushResult.of(device.id(), Outcome.DEFERRED, "UNREACHABLE");
    }
  }

  private static String kind(ExecutionException e) {
    return e.getCause() == null ? "" : e.getCause().getClass().getSimpleName();
  }

  private PushResult result(Device device, HttpResponse answer) {
    int status = answer.getCode();
    if (status >= 200 && status < 300) {
      return PushResult.of(device.id(), Outcome.SENT, null);
    }
    if (status == NOT_FOUND || status == GONE) {
      return PushResult.of(device.id(), Outcome.GONE, error(status));
    }
    if (status == TOO_MANY_REQUESTS || status >= 500) {
      Header wait = answer.getFirstHeader("Retry-After");
      return new PushResult(
          device.id(),
          Outcome.DEFERRED,
          error(status),
          RetryAfter.of(wait == null ? null : wait.getValue(), clock.instant()));
    }
    return PushResult.of(device.id(), Outcome.REFUSED, error(status));
  }

  /**
   * A request under way.
   *
   * @param response null: there is none, but a failure
   */
  private record Answer(
      Device device,
      @Nullable Future<Message<HttpResponse, Void>> response,
      @Nullable PushResult failure,
      long deadlineNanos) {}
}
