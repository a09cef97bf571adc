package io.parley.localstack.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Who we are, and what we may do. */
final class Users {
  private Users() {}

  static boolean isRoot() {
    try {
      return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
    } catch (IOException | UnsupportedOperationException e) {
      return System.getProperty("user.name", "").equals("root");
    }
  }

  /** Whether a short command exists and exits with 0. */
  static boolean succeeds(String... command) {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
