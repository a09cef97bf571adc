package io.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.systemtests.RunningFleet.User;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A process of Node in which the reference client chats: system-tests/client/chatting.mjs. What it
 * knows is in a journal, with which another process goes on.
 */
final class ReferenceClient {

  /** What the gateway serves to browsers. */
  private static final Path MODULES = Path.of("../api-gateway/src/main/resources/static/parley");

  private static final Path SCRIPT = Path.of("client/chatting.mjs");
  private static final JsonMapper JSON = new JsonMapper();

  private final User user;
  private final String conversation;
  private final Path folder;
  private Process process;
  private volatile int shown = -1;
  private volatile @Nullable JsonNode report;

  ReferenceClient(User user, String conversation, Path folder) throws IOException {
    this.user = user;
    this.conversation = conversation;
    this.folder = folder;
    Files.createDirectories(folder);
    this.process = launch();
  }

  User user() {
    return user;
  }

  /** How many of its own messages its log shows; -1: it has not opened the conversation yet. */
  int shown() {
    return shown;
  }

  /** As its store has it: log, stored, written; null until it has all that was asked for. */
  @Nullable JsonNode report() {
    return report;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  void order(String order) {
    try {
      Writer orders = process.outputWriter(StandardCharsets.UTF_8);
      orders.write(order + "\n");
      orders.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(folder + ": " + order, e);
    }
  }

  /** By SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Another process, with what the killed one had stored. */
  void relaunch() throws IOException {
    process = launch();
  }

  private Process launch() throws IOException {
    Path modules = modules();
    ProcessBuilder builder =
        new ProcessBuilder(
            "node", "--experimental-websocket", SCRIPT.toAbsolutePath().normalize().toString());
    builder
        .environment()
        .putAll(
            Map.of(
                "ADDRESS", user.gateway(),
                "TOKEN", user.accessToken(),
                "CONVERSATION", conversation,
                "NAME", user.name(),
                "JOURNAL", folder.resolve("journal.json").toAbsolutePath().toString(),
                "PARLEY", modules.resolve("index.js").toUri().toString()));
    builder.redirectError(ProcessBuilder.Redirect.appendTo(folder.resolve("client.log").toFile()));
    Process started = builder.start();
    Thread.ofVirtual().start(() -> listen(started.inputReader(StandardCharsets.UTF_8)));
    return started;
  }

  /** Node takes files named .js for modules only where a package says so. */
  private Path modules() throws IOException {
    Path copy = folder.resolve("parley");
    Files.createDirectories(copy);
    Files.writeString(folder.resolve("package.json"), "{\"type\": \"module\"}");
    try (Stream<Path> files = Files.list(MODULES)) {
      for (Path file : files.toList()) {
        Files.write(copy.resolve(file.getFileName()), Files.readAllBytes(file));
      }
    }
    return copy.toAbsolutePath();
  }

  private void listen(BufferedReader lines) {
    lines.lines().forEach(line -> heard(JSON.readTree(line)));
  }

  private void heard(JsonNode told) {
    if (told.has("shown")) {
      shown = told.get("shown").asInt();
    } else {
      report = told;
    }
  }

  /**
   * That it showed this log, and stored it: no event lost, doubled or out of order; and that all it
   * ever wrote is in there once, in the order in which it was written.
   */
  void check(List<JsonNode> events) {
    JsonNode told = report;
    assertThat(told).as("report of " + user.name()).isNotNull();
    List<String> expected = events.stream().map(ReferenceClient::brief).toList();
    assertThat(all(told.get("log"))).as("shown to " + user.name()).isEqualTo(expected);
    assertThat(all(told.get("stored"))).as("stored by " + user.name()).isEqualTo(expected);
    List<String> own =
        events.stream()
            .filter(event -> event.get("type").asString().equals("MESSAGE"))
            .filter(event -> event.get("authorId").asString().equals(user.id()))
            .map(event -> event.get("text").asString())
            .toList();
    assertThat(own)
        .as("written by " + user.name())
        .containsExactlyElementsOf(
            told.get("written").values().stream().map(JsonNode::asString).toList());
  }

  private static List<String> all(JsonNode log) {
    return log.values().stream().map(ReferenceClient::brief).toList();
  }

  private static String brief(JsonNode event) {
    return String.join(
        " ",
        event.get("seq").asString(),
        event.get("type").asString(),
        event.path("id").asString(""),
        event.path("text").asString(""));
  }
}
