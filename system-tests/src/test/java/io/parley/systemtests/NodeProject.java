package io.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A folder of this module with programs for Node: installed from its lock file, run as a process.
 * Without Node its tests are skipped, unless {@code PARLEY_NODE_TESTS} is {@code required}.
 */
record NodeProject(Path folder) {

  /** How a program ended. */
  record Run(int exit, String output) {}

  private static final boolean REQUIRED =
      "required".equals(System.getenv().getOrDefault("PARLEY_NODE_TESTS", ""));
  private static final Path ROOT =
      Path.of(System.getProperty("parley.root", "..")).toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofMinutes(6);

  /**
   * @param programs what has to be there besides {@code node} and {@code npm}, by name or by path
   */
  static NodeProject installed(String name, String... programs) {
    needNode();
    Arrays.stream(programs).forEach(NodeProject::need);
    NodeProject project = new NodeProject(ROOT.resolve("system-tests").resolve(name));
    Run installed =
        run(ROOT, Map.of(), List.of("bash", "scripts/lib/npm.sh", project.folder().toString()));
    if (REQUIRED) {
      assertThat(installed.exit()).as("npm ci in %s: %s", name, installed.output()).isZero();
    }
    assumeTrue(
        installed.exit() == 0, () -> "skipped: npm ci in " + name + ": " + installed.output());
    return project;
  }

  /** Skips a test where there is no Node. */
  static void needNode() {
    need("node");
    need("npm");
  }

  private static void need(String program) {
    String missing = program + " is missing (Debian: apt-get install nodejs npm chromium)";
    boolean there =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder).resolve(program)));
    if (REQUIRED) {
      assertThat(there).as(missing).isTrue();
    }
    assumeTrue(there, () -> "skipped: " + missing);
  }

  Run run(Map<String, String> environment, List<String> command) {
    return run(folder, environment, command);
  }

  private static Run run(Path folder, Map<String, String> environment, List<String> command) {
    try {
      Path output = Files.createTempFile("node", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      try {
        boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        String text = Files.readString(output);
        return ended
            ? new Run(process.exitValue(), text)
            : new Run(-1, text + "\nnot done after " + PATIENCE);
      } finally {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        Files.deleteIfExists(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
