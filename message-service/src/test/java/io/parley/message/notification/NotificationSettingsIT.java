package io.parley.message.notification;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.NotificationSettingsChanged;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import tools.jackson.databind.JsonNode;

/** What notification-service says of a user's settings reaches that user's devices only. */
class NotificationSettingsIT {

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final ConversationId conversation = new ConversationId(UUID.randomUUID());
  private final RabbitTemplate rabbit = Nodes.A.get(RabbitTemplate.class);

  private void publish(
      UserId user, String scope, @Nullable ConversationId of, @Nullable Long threadSeq) {
    rabbit.convertAndSend(
        NotificationSettingsChanged.EXCHANGE,
        NotificationSettingsChanged.ROUTING_KEY,
        new NotificationSettingsChanged(user, scope, of, threadSeq));
  }

  @Test
  void allDevicesOfTheUserShouldHear() throws Exception {
    try (StompClient phone = StompClient.connect(Nodes.A.http(), Nodes.FLEET.token(ann));
        StompClient laptop = StompClient.connect(Nodes.B.http(), Nodes.FLEET.token(ann));
        StompClient bens = StompClient.connect(Nodes.A.http(), Nodes.FLEET.token(ben))) {
      publish(ann, NotificationSettingsChanged.THREAD, conversation, 42L);
      for (StompClient device : new StompClient[] {phone, laptop}) {
        JsonNode event = device.event("NOTIFICATION_SETTINGS");
        assertThat(event.get("scope").asString()).isEqualTo("thread");
        assertThat(event.get("conversationId").asString()).isEqualTo(conversation.toString());
        assertThat(event.get("threadRoot").asLong()).isEqualTo(42);
      }
      // His comes first of all that he hears.
      publish(ben, NotificationSettingsChanged.GLOBAL, null, null);
      JsonNode own = bens.event("NOTIFICATION_SETTINGS");
      assertThat(own.propertyNames()).containsExactly("type", "scope");
      assertThat(own.get("scope").asString()).isEqualTo("global");
    }
  }

  /** It would come again and again, and hold up what is behind it. */
  @Test
  void whatNamesNobodyShouldHoldUpNothing() throws Exception {
    try (StompClient phone = StompClient.connect(Nodes.A.http(), Nodes.FLEET.token(ann))) {
      for (Object odd : new Object[] {Map.of(), Map.of("userId", "nobody"), Map.of("scope", 7)}) {
        rabbit.convertAndSend(
            NotificationSettingsChanged.EXCHANGE, NotificationSettingsChanged.ROUTING_KEY, odd);
      }
      publish(ann, NotificationSettingsChanged.CONVERSATION, conversation, null);
      assertThat(phone.event("NOTIFICATION_SETTINGS").has("threadRoot")).isFalse();
    }
  }
}
