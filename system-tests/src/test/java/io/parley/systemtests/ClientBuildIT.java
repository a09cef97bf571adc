package io.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The reference client (clients/js): its own tests, and that what the gateway serves of it is what
 * its sources compile to. Maven compiles it nowhere, as it is to build without Node.
 */
class ClientBuildIT {

  private static final Path SERVED = Path.of("../api-gateway/src/main/resources/static/parley");

  @Test
  void theGatewayShouldServeWhatTheSourcesCompileTo() throws Exception {
    Path compiled = Path.of("target", "reference-client-compiled").toAbsolutePath();
    run("npx", "tsc", "--declaration", "false", "--outDir", compiled.toString());
    assertThat(files(SERVED)).as("after npm run build in clients/js").isEqualTo(files(compiled));
  }

  @Test
  void itsOwnTestsShouldPass() throws Exception {
    assertThat(run("npm", "test")).containsPattern("# pass [1-9]").contains("# fail 0");
  }

  private static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        contents.put(file.getFileName().toString(), Files.readString(file));
      }
    }
    return contents;
  }

  private static String run(String... command) {
    NodeProject client = NodeProject.installed("../clients/js");
    NodeProject.Run run = client.run(Map.of(), List.of(command));
    assertThat(run.exit()).as(String.join(" ", command) + "\n" + run.output()).isZero();
    return run.output();
  }
}
