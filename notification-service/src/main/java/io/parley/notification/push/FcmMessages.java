package io.parley.notification.push;

import com.google.firebase.messaging.AndroidConfig;
import com.google.firebase.messaging.AndroidNotification;
import com.google.firebase.messaging.ApnsConfig;
import com.google.firebase.messaging.Aps;
import com.google.firebase.messaging.Message;
import com.google.firebase.messaging.Notification;
import com.google.firebase.messaging.WebpushConfig;
import com.google.firebase.messaging.WebpushNotification;
import io.parley.notification.device.Device;
import io.parley.notification.push.Notice.Kind;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Notices in the form of FCM's HTTP v1 API.
 *
 * <p>A conversation's pushes share a collapse key and a tag: a device that was away gets the newest
 * only, and one that is there shows the newest in place of the one before. What withdraws one has
 * the same key, so it also takes back what was not delivered yet.
 *
 * <p>What is shown in silence is made by the app itself on Android, from the data: there the sound
 * is a matter of the app's notification channel, which a push can not overrule.
 */
final class FcmMessages {

  private final PushTexts texts;
  private final Clock clock;

  FcmMessages(PushTexts texts, Clock clock) {
    this.texts = texts;
    this.clock = clock;
  }

  Message of(Push push) {
    Notice notice = push.notice();
    Device device = push.device();
    @Nullable Shown shown =
        notice.kind() == Kind.WITHDRAW
            ? null
            : texts.of(notice.words(), notice.mention(), device.locale());
    Message.Builder message =
        Message.builder().setToken(device.token()).putAllData(PushData.of(notice));
    switch (device.platform()) {
      case ANDROID -> android(message, push, shown);
      case IOS -> ios(message, push, shown);
      case WEB -> web(message, push, shown);
    }
    return message.build();
  }

  private void android(Message.Builder message, Push push, @Nullable Shown shown) {
    Notice notice = push.notice();
    AndroidConfig.Builder config =
        AndroidConfig.builder()
            .setPriority(
                isUrgent(notice) ? AndroidConfig.Priority.HIGH : AndroidConfig.Priority.NORMAL)
            .setCollapseKey(tag(notice));
    if (notice.expiresAt() != null) {
      config.setTtl(push.life(clock.instant()).toMillis());
    }
    if (shown != null && notice.kind() == Kind.RING) {
      message.setNotification(notification(shown));
      config.setNotification(
          AndroidNotification.builder()
              .setTag(tag(notice))
              .setSound("default")
              .setNotificationCount(notice.badge())
              .setEventTimeInMillis(notice.sentAt().toEpochMilli())
              .build());
    } else if (shown != null) {
      message.putData("title", shown.title());
      if (shown.body() != null) {
        message.putData("body", shown.body());
      }
    }
    message.setAndroidConfig(config.build());
  }

  /**
   * Apple takes nothing but {@code content-available} in a background push, and only with priority
   * 5: the new badge is in the data.
   */
  private void ios(Message.Builder message, Push push, @Nullable Shown shown) {
    Notice notice = push.notice();
    Aps.Builder aps = Aps.builder();
    ApnsConfig.Builder config =
        ApnsConfig.builder()
            .putHeader("apns-collapse-id", tag(notice))
            .putHeader("apns-priority", isUrgent(notice) ? "10" : "5")
            .putHeader("apns-push-type", shown == null ? "background" : "alert");
    if (notice.expiresAt() != null) {
      Instant until = clock.instant().plus(push.life(clock.instant()));
      config.putHeader("apns-expiration", Long.toString(until.getEpochSecond()));
    }
    if (shown == null) {
      aps.setContentAvailable(true);
    } else {
      message.setNotification(notification(shown));
      aps.setThreadId(tag(notice)).setBadge(notice.badge());
      if (notice.kind() == Kind.RING) {
        aps.setSound("default");
      } else {
        aps.putCustomData("interruption-level", "passive");
      }
    }
    message.setApnsConfig(config.setAps(aps.build()).build());
  }

  /** A topic has at most 32 characters (RFC 8030, section 5.4): the UUID without its hyphens. */
  private void web(Message.Builder message, Push push, @Nullable Shown shown) {
    Notice notice = push.notice();
    WebpushConfig.Builder config =
        WebpushConfig.builder()
            .putHeader("Topic", tag(notice).replace("-", ""))
            .putHeader("Urgency", isUrgent(notice) ? "high" : "normal");
    if (notice.expiresAt() != null) {
      config.putHeader("TTL", Long.toString(push.life(clock.instant()).toSeconds()));
    }
    if (shown != null) {
      message.setNotification(notification(shown));
      boolean rings = notice.kind() == Kind.RING;
      config.setNotification(
          WebpushNotification.builder()
              .setTag(tag(notice))
              .setRenotify(rings)
              .setSilent(!rings)
              .setLanguage(shown.language())
              .setTimestampMillis(notice.sentAt().toEpochMilli())
              .build());
    }
    message.setWebpushConfig(config.build());
  }

  private static Notification notification(Shown shown) {
    return Notification.builder().setTitle(shown.title()).setBody(shown.body()).build();
  }

  private static String tag(Notice notice) {
    return notice.conversationId().toString();
  }

  /** What is silent wakes nobody. */
  private static boolean isUrgent(Notice notice) {
    return notice.urgent() && notice.kind() == Kind.RING;
  }
}
