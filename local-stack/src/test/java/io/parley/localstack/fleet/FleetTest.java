package io.parley.localstack.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.Pause;
import io.parley.localstack.process.Restarts;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With a service of a few lines in the place of the real ones. */
class FleetTest {
  @TempDir Path checkout;

  @BeforeEach
  void buildService() throws IOException {
    jar("echo-service", EchoService.class);
  }

  @Test
  void nodesShouldKnowOneAnotherAndComeBackAfterAKill() throws IOException {
    try (Fleet fleet =
        builder()
            .environment(Map.of("GREETING", "hello"))
            .node(node().named("user-service"))
            .node(node().environment("GREETING", "good day"))
            .build()
            .start()) {
      ServiceNode node = fleet.node("echo-service");
      assertThat(Files.readString(node.log())).contains("good day");
      assertThat(Files.readString(fleet.node("user-service").log())).contains("hello");

      long before = node.pid();
      int port = node.port();
      node.kill();
      assertThat(node.isAlive()).isFalse();
      assertThat(fleet.processes().endedByThemselves()).isEmpty();
      node.restart();
      assertThat(node.isAlive()).isTrue();
      assertThat(node.pid()).isNotEqualTo(before);
      assertThat(node.port()).isEqualTo(port);
    }
  }

  @Test
  void serviceThatWasKilledShouldServeAgain() throws IOException {
    try (Fleet fleet = builder().node(node()).build().start()) {
      ServiceNode node = fleet.node("echo-service");
      List<String> said = new ArrayList<>();
      Restarts restarts = new Restarts(fleet.processes(), said::add);

      ProcessHandle killed = ProcessHandle.of(node.pid()).orElseThrow();
      killed.destroyForcibly();
      killed.onExit().join();

      long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (!answers(node)) {
        assertThat(System.nanoTime()).isLessThan(deadline);
        restarts.look();
        Pause.of(Duration.ofMillis(50));
      }
      assertThat(said.getFirst())
          .contains("echo-service ended with exit code 137 and is started again in 1 s")
          .contains("echo-service.log");
      assertThat(said.get(1)).contains("echo-service runs again");
    }
  }

  private static boolean answers(ServiceNode node) {
    try (Socket socket = new Socket("127.0.0.1", node.port())) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void startShouldNameTheLogOfAServiceThatEnds() {
    try (Fleet fleet = builder().node(node().environment("EXIT", "9")).build()) {
      assertThatThrownBy(fleet::start)
          .isInstanceOf(LocalStackException.class)
          .hasMessageContaining("echo-service ended with exit code 9 while it started; its log: ")
          .hasMessageContaining("echo-service.log");
      assertThat(fleet.node("echo-service").isAlive()).isFalse();
    }
  }

  @Test
  void startShouldGiveUpOnAServiceThatIsNeverReady() {
    try (Fleet fleet =
        builder()
            .readyWithin(Duration.ofSeconds(2))
            .node(node().environment("STATUS", "503"))
            .build()) {
      assertThatThrownBy(fleet::start)
          .isInstanceOf(LocalStackException.class)
          .hasMessageContaining("echo-service was not ready within 2 s");
    }
  }

  @Test
  void buildShouldRefuseAMissingJar() {
    assertThatThrownBy(() -> builder().node(NodeSpec.of("group-service")).build())
        .isInstanceOf(LocalStackException.class)
        .hasMessageContaining("group-service.jar is missing");
  }

  @Test
  void everyNodeOfAServiceShouldBeInItsUrl() throws IOException {
    jar("message-service", EchoService.class);
    NodeSpec message = NodeSpec.of("message-service").environment("PRINT", "PARLEY_MESSAGE_URL");
    try (Fleet fleet =
        builder().node(message).node(message.named("message-service-2")).build().start()) {
      String urls =
          fleet.node("message-service").url() + "," + fleet.node("message-service-2").url();
      assertThat(Files.readString(fleet.node("message-service-2").log())).contains(urls);
    }
  }

  private Fleet.Builder builder() {
    return Fleet.builder(checkout.resolve("fleet")).checkout(checkout);
  }

  private static NodeSpec node() {
    return NodeSpec.of("echo-service");
  }

  private void jar(String service, Class<?> main) throws IOException {
    jar(checkout, service, main);
  }

  static void jar(Path checkout, String service, Class<?> main) throws IOException {
    Path jar = checkout.resolve(service).resolve("target").resolve(service + ".jar");
    Files.createDirectories(jar.getParent());
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, main.getName());
    String entry = main.getName().replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest);
        var in = main.getClassLoader().getResourceAsStream(entry)) {
      out.putNextEntry(new JarEntry(entry));
      out.write(in.readAllBytes());
    }
  }
}
