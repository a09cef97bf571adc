package io.parley.message;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A small STOMP client for tests: it shows frames as they came and hides nothing. */
public final class StompClient implements AutoCloseable {

  /** A frame as received. */
  public record Frame(String command, Map<String, String> headers, String body) {
    public JsonNode json() {
      return JSON.readTree(body);
    }
  }

  private static final JsonMapper JSON = new JsonMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final long PATIENCE_SECONDS = 20;

  private final WebSocket socket;
  private final BlockingQueue<Frame> frames = new LinkedBlockingQueue<>();
  private final BlockingQueue<JsonNode> events = new LinkedBlockingQueue<>();
  private final CompletableFuture<Integer> closed = new CompletableFuture<>();
  private volatile String closeReason = "";

  private StompClient(URI uri) {
    this.socket =
        HTTP.newWebSocketBuilder()
            .subprotocols("v12.stomp")
            .connectTimeout(Duration.ofSeconds(10))
            .buildAsync(uri, new Listener())
            .join();
  }

  /** A socket on which nothing has been sent. */
  public static StompClient open(String url) {
    return new StompClient(URI.create(url.replaceFirst("^http", "ws") + "/ws"));
  }

  /** Connected, and subscribed to both queues. */
  public static StompClient connect(String url, String token) throws InterruptedException {
    StompClient client = open(url);
    client.send("CONNECT", Map.of("accept-version", "1.2", "Authorization", "Bearer " + token), "");
    Frame connected = client.next();
    if (!connected.command().equals("CONNECTED")) {
      throw new IllegalStateException(connected.toString());
    }
    client.subscribe("problems", "/user/queue/problems");
    client.subscribe("events", "/user/queue/events");
    return client;
  }

  public void subscribe(String id, String destination) throws InterruptedException {
    send("SUBSCRIBE", Map.of("id", id, "destination", destination, "receipt", "sub-" + id), "");
    receipt("sub-" + id);
  }

  public void send(String command, Map<String, String> headers, String body) {
    StringBuilder frame = new StringBuilder(command).append('\n');
    headers.forEach((name, value) -> frame.append(name).append(':').append(value).append('\n'));
    raw(frame.append('\n').append(body).append('\0').toString());
  }

  public synchronized void raw(String text) {
    socket.sendText(text, true).join();
  }

  /** Sends a message without waiting. */
  public void message(Object conversation, String clientMessageId, String text) {
    send(
        "SEND",
        Map.of(
            "destination",
            "/app/conversations/" + conversation + "/messages",
            "receipt",
            "r-" + clientMessageId),
        JSON.writeValueAsString(Map.of("clientMessageId", clientMessageId, "text", text)));
  }

  /** The next frame that is not an event. */
  public Frame next() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    Frame frame = null;
    boolean more = true;
    while (frame == null && more) {
      // Looked at before the last frames are.
      more = !closed.isDone() && System.nanoTime() < end;
      frame = frames.poll(100, TimeUnit.MILLISECONDS);
    }
    if (frame == null) {
      throw new AssertionError("no frame came; closed: " + closed.getNow(null));
    }
    return frame;
  }

  public void receipt(String id) throws InterruptedException {
    Frame frame = next();
    if (!frame.command().equals("RECEIPT")
        || !id.equals(frame.headers().get("receipt-id"))
        || frame.headers().containsKey("problem")) {
      throw new AssertionError("instead of receipt " + id + ": " + frame);
    }
  }

  /** The problem of a frame that was refused, after which its receipt must have come as well. */
  public Frame refusal(String receipt) throws InterruptedException {
    Frame problem = next();
    if (!problem.command().equals("MESSAGE")
        || !"/user/queue/problems".equals(problem.headers().get("destination"))
        || !receipt.equals(problem.headers().get("receipt-id"))) {
      throw new AssertionError("instead of a problem for " + receipt + ": " + problem);
    }
    Frame handled = next();
    if (!handled.command().equals("RECEIPT")
        || !receipt.equals(handled.headers().get("receipt-id"))
        || !problem
            .json()
            .get("type")
            .asString()
            .endsWith("/" + handled.headers().get("problem"))) {
      throw new AssertionError("after " + problem + ": " + handled);
    }
    return problem;
  }

  public JsonNode event(String type) throws InterruptedException {
    return event(event -> event.path("type").asString().equals(type));
  }

  /** The next event that fits; others before it are passed over. */
  public JsonNode event(Predicate<JsonNode> fits) throws InterruptedException {
    List<JsonNode> seen = new ArrayList<>();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < end) {
      JsonNode event = events.poll(100, TimeUnit.MILLISECONDS);
      if (event != null) {
        if (fits.test(event)) {
          return event;
        }
        seen.add(event);
      } else if (closed.isDone()) {
        break;
      }
    }
    throw new AssertionError("the event did not come; seen: " + seen);
  }

  /** The next event, whatever it is; null if none comes in that time. */
  public @Nullable JsonNode event(Duration within) throws InterruptedException {
    return events.poll(within.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What has come until now, MESSAGE events only. */
  public List<JsonNode> messages() {
    List<JsonNode> all = new ArrayList<>();
    events.drainTo(all);
    return all.stream().filter(e -> e.path("type").asString().equals("MESSAGE")).toList();
  }

  /** What has come until now and is not of the log, but for the heads that a connection hears. */
  public List<JsonNode> passing() {
    List<JsonNode> all = new ArrayList<>();
    events.drainTo(all);
    return all.stream()
        .filter(
            e -> !e.has("seq") || Set.of("READ", "DELIVERED").contains(e.path("type").asString()))
        .filter(e -> !e.path("type").asString().equals("HEADS"))
        .toList();
  }

  public int closeCode() throws Exception {
    return closed.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  public String closeReason() {
    return closeReason;
  }

  public boolean isClosed() {
    return closed.isDone();
  }

  public void abort() {
    socket.abort();
  }

  @Override
  public void close() {
    socket.sendClose(WebSocket.NORMAL_CLOSURE, "").orTimeout(2, TimeUnit.SECONDS);
  }

  private final class Listener implements WebSocket.Listener {

    private final StringBuilder partial = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(
        WebSocket webSocket, CharSequence data, boolean last) {
      partial.append(data);
      if (last) {
        String text = partial.toString();
        partial.setLength(0);
        if (!text.equals("\n")) {
          received(parse(text));
        }
      }
      webSocket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(
        WebSocket webSocket, int statusCode, String reason) {
      closeReason = reason;
      closed.complete(statusCode);
      return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
      closed.completeExceptionally(error);
    }
  }

  private void received(Frame frame) {
    if (frame.command().equals("MESSAGE")
        && "/user/queue/events".equals(frame.headers().get("destination"))) {
      events.add(frame.json());
    } else {
      frames.add(frame);
    }
  }

  private static Frame parse(String text) {
    int headersEnd = text.indexOf("\n\n");
    String[] lines = text.substring(0, headersEnd).split("\n");
    Map<String, String> headers = new LinkedHashMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      headers.put(lines[i].substring(0, colon), lines[i].substring(colon + 1));
    }
    return new Frame(lines[0], headers, text.substring(headersEnd + 2, text.lastIndexOf('\0')));
  }
}
