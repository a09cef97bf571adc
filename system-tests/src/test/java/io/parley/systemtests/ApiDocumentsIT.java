package io.parley.systemtests;

import static io.parley.systemtests.RunningFleet.GATEWAY;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.message.Http;
import io.parley.systemtests.NodeProject.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What describes the API, as anybody gets it at the gateway: linters find nothing to say. */
class ApiDocumentsIT {

  private static final Map<String, String> DOCUMENTS =
      Map.of(
          "user.json", "/api/v1/openapi/user.json",
          "group.json", "/api/v1/openapi/group.json",
          "message.json", "/api/v1/openapi/message.json",
          "notification.json", "/api/v1/openapi/notification.json",
          "socket.yaml", "/docs/asyncapi.yaml");
  private static final List<String> FILES = new ArrayList<>();

  @BeforeAll
  static void fetch() throws IOException {
    Path folder = Path.of("target", "api-documents").toAbsolutePath();
    Files.createDirectories(folder);
    for (Map.Entry<String, String> document : DOCUMENTS.entrySet()) {
      Http.Answer answer = new Http(GATEWAY, "").get(document.getValue());
      assertThat(answer.status()).as(document.getValue()).isEqualTo(200);
      Path file = folder.resolve(document.getKey());
      Files.writeString(file, answer.response().body());
      FILES.add(file.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"spectral", "redocly"})
  void lintersShouldFindNothing(String linter) {
    List<String> command = new ArrayList<>(List.of("npm", "run", "--silent", linter, "--"));
    command.addAll(FILES);

    Run run = NodeProject.installed("apidocs").run(Map.of(), command);

    assertThat(run.exit()).as(run.output()).isZero();
  }
}
