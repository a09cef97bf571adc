package io.parley.localstack.fleet;

import io.parley.localstack.process.ClassArchive;
import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.ProcessSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The AOT cache (JEP 483, 514) of a service's own jar, beside it: with it the service starts in
 * less than half the CPU. It is made by the script that makes an image's, and ends with the jar
 * that it was made for, as {@link OwnJar} makes the folder of both anew. A JVM to which a cache
 * does not fit leaves it alone.
 */
record AotCache(Path jar) {

  private static final Duration MADE_WITHIN = Duration.ofMinutes(10);

  private Path file() {
    return jar.resolveSibling("service.aot");
  }

  boolean exists() {
    return Files.exists(file());
  }

  /** For the JVM that is to run the jar. */
  List<String> options() {
    if (!exists()) {
      return List.of();
    }
    List<String> options = new ArrayList<>(ClassArchive.AS_IT_IS);
    options.add("-XX:AOTCache=" + file());
    // As in the training: with other modules open than there the cache is not used.
    options.add("--enable-native-access=ALL-UNNAMED");
    options.add("--sun-misc-unsafe-memory-access=allow");
    return options;
  }

  /**
   * Starts the service once, without stores, when nothing else needs the CPU. A service that is not
   * Parley's own has none.
   *
   * @param script {@code train.sh}
   */
  void make(Path script, GuardedProcesses processes) throws IOException {
    Path home = jar.resolveSibling("");
    Path unfinished = jar.resolveSibling("service.aot.new");
    Files.deleteIfExists(unfinished);
    Path java = Path.of(System.getProperty("java.home"), "bin");
    processes.run(
        ProcessSpec.of(
                "the AOT cache of " + jar.getFileName(),
                List.of(
                    "nice", "-n", "19", "sh", script.toString(), jar.toString(), unfinished + ""),
                home,
                jar.resolveSibling("training.log"))
            .environment(Map.of("PATH", java + ":" + System.getenv("PATH"))),
        MADE_WITHIN);
    Files.move(unfinished, file(), StandardCopyOption.ATOMIC_MOVE);
  }
}
