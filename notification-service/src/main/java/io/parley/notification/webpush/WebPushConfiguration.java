package io.parley.notification.webpush;

import io.parley.notification.device.Channel;
import io.parley.notification.device.WebPushEndpoints;
import io.parley.notification.push.ChannelSender;
import io.parley.notification.push.NoSender;
import io.parley.notification.push.PushTexts;
import java.time.Clock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** Whether there is Web Push, and says so once in the log. */
@Configuration
class WebPushConfiguration {

  private static final Logger log = LoggerFactory.getLogger(WebPushConfiguration.class);

  @Bean
  ChannelSender webPushSender(
      VapidKeys keys,
      WebPushProperties properties,
      WebPushEndpoints endpoints,
      PushTexts texts,
      JsonMapper json,
      Clock clock) {
    if (!properties.enabled()) {
      log.warn("Web Push is OFF: PARLEY_WEB_PUSH is false");
      return new NoSender(Channel.WEB_PUSH);
    }
    if (properties.subject().isEmpty()) {
      log.info("PARLEY_VAPID_SUBJECT is not set: Apple's push service will refuse Web Pushes");
    }
    return new WebPushSender(keys, properties, endpoints, texts, json, clock);
  }
}
