package io.parley.localstack.fleet;

import io.parley.localstack.FolderLock;
import io.parley.localstack.process.Folders;
import io.parley.localstack.process.LocalStackException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code .parley/run}, in which all of a {@link LocalRun} lives. Whoever runs holds the lock beside
 * it and has its process id and first port in the file {@code pid}.
 */
final class RunFolder {
  private static final long NEEDED_BYTES = 1L << 30;

  private final Path folder;
  private final Path lockFile;

  RunFolder(Path root) {
    this.folder = root.resolve(".parley/run");
    this.lockFile = root.resolve(".parley/run.lock");
  }

  /** Empty while somebody runs. */
  Optional<FolderLock> tryLock() throws IOException {
    return FolderLock.tryNow(lockFile);
  }

  void create(PortBlock ports) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(pidFile(), ProcessHandle.current().pid() + " " + ports.first());
  }

  Path path() {
    return folder;
  }

  Path stores() {
    return folder.resolve("stores");
  }

  Path services() {
    return folder.resolve("services");
  }

  /** What the services run from; like a build's output it is no data. */
  Path jars() {
    return folder.resolve("jars");
  }

  /** Where AOT caches are made. */
  Path training() {
    return folder.resolve("training");
  }

  /** There when the stores of this folder have the sample data. */
  Path sampleData() {
    return stores().resolve("sample-data");
  }

  Path addresses() {
    return folder.resolve("addresses.properties");
  }

  /** Of whoever runs. */
  long runningProcess() throws IOException {
    return Long.parseLong(pidFields()[0]);
  }

  /** Of whoever runs. */
  PortBlock runningPorts() throws IOException {
    return new PortBlock(Integer.parseInt(pidFields()[1]));
  }

  private Path pidFile() {
    return folder.resolve("pid");
  }

  private String[] pidFields() throws IOException {
    String[] fields =
        Files.exists(pidFile()) ? Files.readString(pidFile()).split(" ", 2) : new String[0];
    if (fields.length != 2) {
      throw new LocalStackException("Parley is just starting: try again in a second");
    }
    return fields;
  }

  /** The data of earlier runs. */
  void clear() throws IOException {
    for (String part : List.of("stores", "services", "secret")) {
      Folders.delete(folder.resolve(part));
    }
  }

  void checkSpace() throws IOException {
    long free = Files.getFileStore(folder).getUsableSpace();
    if (free < NEEDED_BYTES) {
      throw new LocalStackException(
          "the disk of "
              + folder
              + " has "
              + (free >> 20)
              + " MB free, and a run needs "
              + (NEEDED_BYTES >> 20)
              + " MB");
    }
  }

  /** Made once: with another one the tokens and messages of earlier runs would be unreadable. */
  String secret(Map<String, String> environment) throws IOException {
    String given = environment.getOrDefault("PARLEY_SECRET", "");
    if (!given.isEmpty()) {
      return given;
    }
    Path file = folder.resolve("secret");
    if (!Files.exists(file)) {
      Path unfinished = folder.resolve("secret.new");
      Files.deleteIfExists(unfinished);
      Files.createFile(
          unfinished,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.writeString(unfinished, Fleet.newSecret());
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return Files.readString(file).strip();
  }
}
