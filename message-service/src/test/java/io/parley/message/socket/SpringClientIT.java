package io.parley.message.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.UserId;
import io.parley.message.Http;
import io.parley.message.Nodes;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.messaging.simp.stomp.StompFrameHandler;
import org.springframework.messaging.simp.stomp.StompHeaders;
import org.springframework.messaging.simp.stomp.StompSession;
import org.springframework.messaging.simp.stomp.StompSession.Receiptable;
import org.springframework.messaging.simp.stomp.StompSessionHandlerAdapter;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.web.socket.WebSocketHttpHeaders;
import org.springframework.web.socket.client.standard.StandardWebSocketClient;
import org.springframework.web.socket.messaging.WebSocketStompClient;

/** A stock client, used as its own documentation has it: Spring's. */
class SpringClientIT {

  private final ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
  private final WebSocketStompClient client =
      new WebSocketStompClient(new StandardWebSocketClient());
  private final BlockingQueue<String> problems = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final UserId ann = Nodes.FLEET.user();
  private final String token = Nodes.FLEET.token(ann);

  @BeforeEach
  void start() {
    scheduler.initialize();
    client.setTaskScheduler(scheduler);
    client.setDefaultHeartbeat(new long[] {3_000, 3_000});
  }

  @AfterEach
  void stop() {
    client.stop();
    scheduler.shutdown();
  }

  private StompSession connect() throws Exception {
    StompHeaders headers = new StompHeaders();
    headers.add("Authorization", "Bearer " + token);
    return client
        .connectAsync(
            Nodes.A.http().replaceFirst("^http", "ws") + "/ws",
            new WebSocketHttpHeaders(),
            headers,
            new StompSessionHandlerAdapter() {})
        .get(10, TimeUnit.SECONDS);
  }

  private static StompFrameHandler to(BlockingQueue<String> bodies) {
    return new StompFrameHandler() {
      @Override
      public Type getPayloadType(StompHeaders headers) {
        return byte[].class;
      }

      @Override
      public void handleFrame(StompHeaders headers, @Nullable Object payload) {
        bodies.add(
            payload instanceof byte[] body ? new String(body, StandardCharsets.UTF_8) : "none");
      }
    };
  }

  /** The slug in the receipt of this, empty if it has none. */
  private static String outcome(Receiptable frame) throws InterruptedException {
    BlockingQueue<String> receipts = new LinkedBlockingQueue<>();
    frame.addReceiptTask(
        headers -> receipts.add(String.valueOf(headers.getFirst("problem")).replace("null", "")));
    String outcome = receipts.poll(10, TimeUnit.SECONDS);
    return outcome == null ? "no receipt" : outcome;
  }

  private static byte[] message(String text) {
    return "{\"clientMessageId\":\"a\",\"text\":\"%s\"}"
        .formatted(text)
        .getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void receiptsShouldComeForWhatIsDoneAndForWhatIsRefused() throws Exception {
    String conversation =
        new Http(Nodes.A.http(), token)
            .post("/api/v1/conversations/direct", Map.of("userId", Nodes.FLEET.user()))
            .json()
            .get("id")
            .asString();
    String messages = "/app/conversations/" + conversation + "/messages";
    StompSession session = connect();
    session.setAutoReceipt(true);
    assertThat(outcome(session.subscribe("/user/queue/problems", to(problems)))).isEmpty();
    assertThat(outcome(session.subscribe("/user/queue/events", to(events)))).isEmpty();
    assertThat(outcome(session.subscribe("/topic/nothing", to(events)))).isEqualTo("not-found");
    assertThat(outcome(session.send(messages, message("")))).isEqualTo("invalid-request");
    assertThat(outcome(session.send(messages, message("hello")))).isEmpty();
    assertThat(problems).hasSize(2);
    assertThat(events).anyMatch(event -> event.contains("\"ACK\""));
    // Longer than either side may be silent.
    TimeUnit.SECONDS.sleep(10);
    assertThat(session.isConnected()).isTrue();
    session.disconnect();
  }
}
