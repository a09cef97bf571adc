package io.parley.localstack;

import io.parley.localstack.process.LocalStackException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The folder of Parley's sources that this process works in. */
public final class Checkout {
  private static final String MARK = "local-stack/pom.xml";

  private Checkout() {}

  /** The system property {@code parley.root}, or the nearest folder upwards that looks like it. */
  public static Path root() {
    @Nullable String property = System.getProperty("parley.root");
    if (property != null && Files.exists(Path.of(property, MARK))) {
      return Path.of(property).toAbsolutePath().normalize();
    }
    Path start = Path.of("").toAbsolutePath();
    for (@Nullable Path folder = start; folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve(MARK))) {
        return folder;
      }
    }
    throw new LocalStackException(
        start + " is not inside a checkout of Parley: set the system property parley.root");
  }
}
