package io.parley.message.groups;

import static io.parley.message.TestGroup.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.GroupMembersChanged;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.localstack.StoreSpace;
import io.parley.localstack.Stores;
import io.parley.localstack.TcpProxy;
import io.parley.message.Http;
import io.parley.message.Nodes;
import io.parley.message.TestGroup;
import io.parley.message.conversation.CassandraConversationStore;
import io.parley.message.conversation.CassandraConversationStore.StoredConversation;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import tools.jackson.databind.JsonNode;

/** Many changes of several groups, and the node that applies them is no more before it is done. */
class GroupOrderIT {

  private static final int GROUPS = 12;
  private static final int CHANGES = 40;

  /** Its own broker, so that it is known which of the nodes has the queue. */
  private final StoreSpace own = Stores.shared().newSpace("order");

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final List<TestGroup> groups = new ArrayList<>();

  private static String rabbit(Map<String, String> environment) {
    return String.valueOf(environment.get("PARLEY_RABBITMQ_URL"));
  }

  private void publishChanges(Nodes.Node node) {
    List<GroupMembersChanged> all = new ArrayList<>();
    for (int i = 0; i < GROUPS; i++) {
      TestGroup group = new TestGroup(ann);
      groups.add(group);
      all.add(group.create());
    }
    for (int i = 1; i < CHANGES; i++) {
      for (TestGroup group : groups) {
        all.add(
            switch (i % 4) {
              case 1 -> group.add(ben);
              case 2 -> group.role(ben, GroupRole.MODERATOR);
              case 3 -> group.remove(ben);
              default -> group.rename("name " + i);
            });
      }
    }
    node.get(RabbitTemplate.class)
        .invoke(
            channel -> {
              all.forEach(
                  change ->
                      channel.convertAndSend(
                          GroupMembersChanged.EXCHANGE, "group." + change.groupId(), change));
              return true;
            });
  }

  private static long settled(Nodes.Node node, TestGroup group) {
    StoredConversation stored =
        node.get(CassandraConversationStore.class).stored(new ConversationId(group.id));
    return stored == null ? 0 : stored.settled();
  }

  private boolean hasBegun(Nodes.Node node) {
    return groups.stream().anyMatch(group -> settled(node, group) > CHANGES / 4);
  }

  private void assertAllInOrder(Nodes.Node node) throws Exception {
    Http http = new Http(node.http(), Nodes.FLEET.token(ann));
    for (TestGroup group : groups) {
      until(() -> settled(node, group) == CHANGES);
      List<Long> versions = new ArrayList<>();
      for (JsonNode event :
          http.get("/api/v1/conversations/" + group.id + "/events?limit=500").json().get("items")) {
        if (event.get("type").asString().equals("MEMBERS")) {
          assertThat(event.get("change").asString()).isNotEqualTo(MembersPayload.REPAIRED);
          versions.add(event.get("version").asLong());
        }
      }
      // Each once, none overtaken.
      assertThat(versions).hasSize(CHANGES).isSorted().doesNotHaveDuplicates();
    }
  }

  @Test
  void nodeWhoseBrokerIsCutOffShouldLeaveAnUnbrokenRestToTheNext() throws Exception {
    URI broker = URI.create(rabbit(own.environment()));
    try (TcpProxy proxy = TcpProxy.to(broker)) {
      String cut =
          broker.getScheme()
              + "://"
              + broker.getRawUserInfo()
              + "@127.0.0.1:"
              + proxy.port()
              + broker.getRawPath();
      Nodes.Node first = Nodes.start("PARLEY_RABBITMQ_URL=" + cut);
      Nodes.Node second = Nodes.start("PARLEY_RABBITMQ_URL=" + broker);
      try {
        publishChanges(second);
        until(() -> hasBegun(second));
        proxy.cut();
        assertAllInOrder(second);
      } finally {
        first.context().close();
        second.context().close();
      }
    }
  }

  @Test
  void nodeThatStopsShouldLeaveAnUnbrokenRestToTheNext() throws Exception {
    Nodes.Node first = Nodes.start("PARLEY_RABBITMQ_URL=" + rabbit(own.environment()));
    Nodes.Node second = Nodes.start("PARLEY_RABBITMQ_URL=" + rabbit(own.environment()));
    try {
      publishChanges(second);
      until(() -> hasBegun(second));
      first.context().close();
      assertAllInOrder(second);
    } finally {
      first.context().close();
      second.context().close();
    }
  }
}
