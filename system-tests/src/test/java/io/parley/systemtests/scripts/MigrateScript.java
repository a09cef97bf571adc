package io.parley.systemtests.scripts;

import io.parley.localstack.Checkout;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code scripts/migrate.sh} of the checkout, or a copy of it that thinks it is elsewhere. */
record MigrateScript(Path root, Map<String, String> environment) {

  private static final int ENDS_WITHIN_SECONDS = 600;

  /** How it ended. */
  record Answer(int code, String text) {}

  static MigrateScript inCheckout(Map<String, String> environment) {
    return new MigrateScript(Checkout.root(), environment);
  }

  /**
   * @param folder becomes what the checkout, or a container's /app, is for the script
   */
  static MigrateScript copiedTo(Path folder, Map<String, String> environment) throws IOException {
    Files.createDirectories(folder.resolve("scripts"));
    Files.copy(Checkout.root().resolve("scripts/migrate.sh"), folder.resolve("scripts/migrate.sh"));
    return new MigrateScript(folder, environment);
  }

  Answer run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("sh", "scripts/migrate.sh"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(root.toFile()).redirectErrorStream(true);
    // Nothing of the machine's own decides: neither its stores nor its Java.
    builder.environment().keySet().removeIf(name -> name.startsWith("PARLEY_"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    return finish(builder);
  }

  static Answer finish(ProcessBuilder builder) throws Exception {
    Path output = Files.createTempFile("migrate", ".log");
    Process process = builder.redirectOutput(output.toFile()).start();
    if (!process.waitFor(ENDS_WITHIN_SECONDS, TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError("does not end: " + Files.readString(output));
    }
    String text = Files.readString(output, StandardCharsets.UTF_8);
    Files.delete(output);
    return new Answer(process.exitValue(), text);
  }
}
