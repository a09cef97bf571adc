package io.parley.notification.push;

import io.parley.notification.device.Channel;
import java.nio.file.Path;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** Chooses where pushes by FCM go, and says so once in the log. */
@Configuration
class PushConfiguration {

  static final String OFF =
      "neither PARLEY_FCM_CREDENTIALS nor PARLEY_FCM_ENDPOINT is set; deliveries are recorded as"
          + " skipped";

  private static final Logger log = LoggerFactory.getLogger(PushConfiguration.class);

  @Bean
  ChannelSender fcmSender(
      PushProperties properties, PushTexts texts, JsonMapper json, Clock clock) {
    if (!properties.fcmEndpoint().isBlank()) {
      log.info("pushes go to a stand-in for FCM at {}", properties.fcmEndpoint());
      return FcmSender.standIn(
          properties.fcmEndpoint(), properties.fcmProject(), texts, json, clock);
    }
    if (!properties.fcmCredentials().isBlank()) {
      log.info("pushes go to FCM, as the service account in {}", properties.fcmCredentials());
      return FcmSender.real(Path.of(properties.fcmCredentials()), texts, json, clock);
    }
    log.warn("push by FCM is OFF: {}", OFF);
    return new NoSender(Channel.FCM);
  }
}
