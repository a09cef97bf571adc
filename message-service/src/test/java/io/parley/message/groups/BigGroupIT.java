package io.parley.message.groups;

import static io.parley.message.TestGroup.publish;
import static io.parley.message.TestGroup.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.GroupMembersChanged;
import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Http.Answer;
import io.parley.message.Nodes;
import io.parley.message.StompClient;
import io.parley.message.TestGroup;
import io.parley.message.conversation.CassandraConversationStore;
import io.parley.message.conversation.CassandraConversationStore.StoredConversation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The largest group that the default configuration allows. */
class BigGroupIT {

  private static final Logger log = LoggerFactory.getLogger(BigGroupIT.class);
  private static final int MEMBERS = 10_000;
  private static final int PART = 500;

  private final UserId ann = Nodes.FLEET.user();
  private final UserId ben = Nodes.FLEET.user();
  private final UserId cleo = Nodes.FLEET.user();
  private final Http asAnn = new Http(Nodes.A.http(), Nodes.FLEET.token(ann));
  private final Http asBen = new Http(Nodes.B.http(), Nodes.FLEET.token(ben));
  private final TestGroup group = new TestGroup(ann).with(TestGroup.fromJoining());
  private final CassandraConversationStore store = Nodes.A.get(CassandraConversationStore.class);
  private long began = System.nanoTime();

  private void took(String what) {
    long now = System.nanoTime();
    log.info("{} members, {}: {} ms", MEMBERS, what, (now - began) / 1_000_000);
    began = now;
  }

  private UserId[] strangers(int count) {
    UserId[] users = new UserId[count];
    for (int i = 0; i < count; i++) {
      users[i] = new UserId(UUID.randomUUID());
    }
    return users;
  }

  private Answer send(Http http, String text) {
    return http.post(
        "/api/v1/conversations/" + group.id + "/messages",
        Map.of("clientMessageId", text, "text", text));
  }

  private void untilSettled(long version) throws Exception {
    until(
        () -> {
          StoredConversation stored = store.stored(new ConversationId(group.id));
          return stored != null && stored.settled() == version;
        });
  }

  @Test
  void groupOfTenThousandShouldBeCreatedJoinedAndWrittenTo() throws Exception {
    List<GroupMembersChanged> parts = new ArrayList<>();
    UserId[] first = strangers(PART - 1);
    first[0] = ben;
    parts.add(group.create(first));
    while (parts.size() * PART < MEMBERS) {
      parts.add(group.add(strangers(PART)));
    }
    took("made by the test");
    // The creator writes at once, before any event has come: the whole group is fetched.
    assertThat(send(asAnn, "first").status()).isEqualTo(201);
    took("fetched and written to");
    publish(parts.toArray(GroupMembersChanged[]::new));
    untilSettled(parts.size());
    took("events applied");
    try (StompClient benSocket = StompClient.connect(Nodes.B.http(), asBen.token())) {
      took("connected");
      assertThat(send(asAnn, "to-all").status()).isEqualTo(201);
      assertThat(benSocket.event(e -> e.path("text").asString().equals("to-all"))).isNotNull();
      took("written to");
      publish(group.add(cleo));
      untilSettled(parts.size() + 1);
      took("joined");
      Http asCleo = new Http(Nodes.B.http(), Nodes.FLEET.token(cleo));
      until(() -> send(asCleo, "hello").status() == 201);
      assertThat(benSocket.event(e -> e.path("text").asString().equals("hello"))).isNotNull();
      took("written to by who joined");
      publish(group.remove(cleo));
      until(() -> send(asCleo, "bye").slug().equals("not-a-member"));
      took("removed");
      assertThat(asAnn.get("/api/v1/conversations").status()).isEqualTo(200);
    }
    // All events are lost, and all is found again.
    group.add(strangers(PART));
    Nodes.A.get(GroupEventsListener.class)
        .compareLater(new GroupEventsListener.Compare(group.id, true, true));
    untilSettled(parts.size() + 3);
    took("compared and repaired");
    assertThat(send(asBen, "last").status()).isEqualTo(201);
  }
}
