package io.parley.common.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.bootstrap.DefaultBootstrapContext;
import org.springframework.boot.context.event.ApplicationStartingEvent;

/**
 * A JVM of its own, with the JDK's resolver and its cache, whose names come from a file: what the
 * file says is known within seconds. By itself the JVM would keep it for 30 s.
 */
class NameCacheTest {

  private static final Duration SOON = Duration.ofSeconds(8);

  @TempDir private Path folder;

  /** Prints the nodes of {@code http://chat:1} whenever they change. */
  static final class Follower {

    public static void main(String[] args) throws Exception {
      new NameCache()
          .onApplicationEvent(
              new ApplicationStartingEvent(
                  new DefaultBootstrapContext(), new SpringApplication(), args));
      NodeDirectory directory =
          new NodeDirectory(
              host -> List.of(InetAddress.getAllByName(host)),
              Duration.ofMillis(100),
              Clock.systemUTC());
      Nodes nodes = directory.nodes(List.of(URI.create("http://chat:1")));
      List<URI> last = List.of(URI.create("none:yet"));
      while (true) {
        List<URI> now = nodes.all();
        if (!now.equals(last)) {
          System.out.println("nodes " + now);
          last = now;
        }
        Thread.sleep(20);
      }
    }
  }

  @Test
  @Timeout(90)
  void changesShouldBeKnownSoon() throws Exception {
    Path hosts = folder.resolve("hosts");
    Files.writeString(hosts, "127.0.0.1 localhost\n");
    Process follower =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Djdk.net.hosts.file=" + hosts,
                "-cp",
                System.getProperty("java.class.path"),
                Follower.class.getName())
            .redirectErrorStream(true)
            .start();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(follower.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(next(lines)).isEqualTo("nodes []");
      // The JVM would keep for 10 s that there is no such name, and for 30 s what there is.
      assertThat(after(lines, hosts, "127.0.0.2 chat\n")).isEqualTo("nodes [http://127.0.0.2:1]");
      assertThat(after(lines, hosts, "127.0.0.2 chat\n127.0.0.3 chat\n"))
          .isEqualTo("nodes [http://127.0.0.2:1, http://127.0.0.3:1]");
      assertThat(after(lines, hosts, "127.0.0.3 chat\n")).isEqualTo("nodes [http://127.0.0.3:1]");
    } finally {
      follower.destroyForcibly();
    }
  }

  private static String after(BufferedReader lines, Path hosts, String content) throws Exception {
    long began = System.nanoTime();
    Files.writeString(hosts, content);
    String line = next(lines);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SOON);
    return line;
  }

  private static String next(BufferedReader lines) throws Exception {
    String line = lines.readLine();
    while (line != null && !line.startsWith("nodes ")) {
      line = lines.readLine();
    }
    return String.valueOf(line);
  }
}
