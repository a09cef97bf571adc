package io.parley.localstack.fleet;

import io.parley.localstack.process.Folders;
import io.parley.localstack.process.LocalStackException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;

/**
 * A fleet's own copy of a service's jar, so that a build beside it does not pull it away from the
 * service. Spring Boot's are extracted, as in an image: the application's jar beside {@code lib/}
 * with what it needs. Classes are then found by the JDK's own loader; in the single jar each
 * look-up goes through Spring Boot's, and one that finds nothing costs most.
 */
final class OwnJar {

  private static final int EXTRACT_SECONDS = 120;

  private OwnJar() {}

  /**
   * @param folder of this fleet alone
   * @return what to run with {@code -jar}
   */
  static Path of(Path jar, Path folder) {
    String name = jar.getFileName().toString();
    Path home = folder.resolve(name.replace(".jar", ""));
    Path stamp = home.resolve("made-from");
    try {
      String version = Files.getLastModifiedTime(jar) + " " + Files.size(jar);
      if (!Files.exists(stamp) || !Files.readString(stamp).equals(version)) {
        Folders.delete(home);
        Files.createDirectories(home);
        if (isExecutable(jar)) {
          extract(jar, home);
        } else {
          Files.copy(jar, home.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
        }
        Files.writeString(stamp, version);
      }
      return home.resolve(name);
    } catch (IOException e) {
      throw new LocalStackException("cannot copy " + jar + ": " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LocalStackException("interrupted", e);
    }
  }

  private static boolean isExecutable(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile())) {
      return file.getEntry("BOOT-INF/") != null;
    }
  }

  private static void extract(Path jar, Path home) throws IOException, InterruptedException {
    Process extract =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:TieredStopAtLevel=1",
                    "-Djarmode=tools",
                    "-jar",
                    jar.toString(),
                    "extract",
                    "--force",
                    "--destination",
                    home.toString()))
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("extract.log").toFile())
            .start();
    if (!extract.waitFor(EXTRACT_SECONDS, TimeUnit.SECONDS)) {
      extract.destroyForcibly();
      throw new LocalStackException("extracting " + jar + " takes too long");
    }
    if (extract.exitValue() != 0) {
      throw new LocalStackException(
          "cannot extract " + jar + ": " + Files.readString(home.resolve("extract.log")));
    }
  }
}
