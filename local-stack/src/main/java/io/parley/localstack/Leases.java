package io.parley.localstack;

import io.parley.localstack.process.GuardedProcesses;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The processes that use a stack, as files named {@code <pid>-<start>}. Nobody gives a lease back:
 * it ends with its process.
 */
final class Leases {
  /** The main class of every Maven, wrapper included, since 2.0. */
  private static final String MAVEN = "org.codehaus.plexus.classworlds.launcher.Launcher";

  private final Path folder;

  Leases(Path folder) {
    this.folder = folder;
  }

  /**
   * For this process and, so that the stores outlast one module's tests, for the Maven that runs
   * it.
   */
  void take() throws IOException {
    Files.createDirectories(folder);
    ProcessHandle self = ProcessHandle.current();
    take(self);
    Optional<ProcessHandle> maven = ancestor(self, Leases::isMaven);
    if (maven.isPresent()) {
      take(maven.get());
    }
  }

  boolean anyAlive() throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        if (isAlive(file.getFileName().toString())) {
          return true;
        }
      }
      return false;
    }
  }

  private void take(ProcessHandle process) throws IOException {
    Path file = folder.resolve(identity(process));
    if (!Files.exists(file)) {
      Files.createFile(file);
    }
  }

  /** A process id that cannot be mistaken for a later process. */
  static String identity(ProcessHandle process) {
    return process.pid() + "-" + GuardedProcesses.startOf(process);
  }

  static boolean isAlive(String lease) {
    String[] parts = lease.split("-", 2);
    return parts.length == 2
        && parts[0].matches("\\d+")
        && ProcessHandle.of(Long.parseLong(parts[0]))
            .filter(ProcessHandle::isAlive)
            .filter(process -> GuardedProcesses.startOf(process).equals(parts[1]))
            .isPresent();
  }

  static Optional<ProcessHandle> ancestor(ProcessHandle process, Predicate<ProcessHandle> wanted) {
    Optional<ProcessHandle> parent = process.parent();
    while (parent.isPresent() && !wanted.test(parent.get())) {
      parent = parent.get().parent();
    }
    return parent;
  }

  private static boolean isMaven(ProcessHandle process) {
    return process.info().commandLine().filter(line -> line.contains(MAVEN)).isPresent();
  }
}
