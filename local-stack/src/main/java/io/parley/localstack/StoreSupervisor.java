package io.parley.localstack;

import io.parley.localstack.process.Folders;
import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.Pause;
import io.parley.localstack.store.StoreOptions;
import io.parley.localstack.store.StorePorts;
import io.parley.localstack.store.StoreStack;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The process that holds the stores of a build's tests. It outlives the JVM that started it and
 * stops when nobody has a lease any more. {@link Stores} is its only client; they meet in one
 * folder:
 *
 * <pre>
 * supervisor             "pid-start" of this process, written first
 * addresses.properties   there while the stores answer
 * failure                why they do not, in one line
 * leases/                who uses them
 * data/                  what they write; logs are in data/logs
 * </pre>
 */
final class StoreSupervisor {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(300);

  /** The time between two modules of a build whose Maven could not be recognised. */
  private static final Duration UNUSED_LIMIT = Duration.ofSeconds(4);

  private final Path folder;
  private final Path clientLock;
  private final Leases leases;

  private StoreSupervisor(Path folder, Path clientLock) {
    this.folder = folder;
    this.clientLock = clientLock;
    this.leases = new Leases(folder.resolve("leases"));
  }

  static Path addresses(Path folder) {
    return folder.resolve("addresses.properties");
  }

  static Path failure(Path folder) {
    return folder.resolve("failure");
  }

  static Path identity(Path folder) {
    return folder.resolve("supervisor");
  }

  /** Arguments: the folder, the file that its clients lock. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Path.of(arguments[0]);
    Optional<FolderLock> lock = FolderLock.tryNow(folder.resolve("lock"));
    if (lock.isEmpty()) {
      System.err.println("another supervisor runs in " + folder);
      System.exit(1);
    }
    // Closed after the run, and so not before: a lock ends with its last reference.
    try (FolderLock held = lock.orElseThrow()) {
      new StoreSupervisor(folder, Path.of(arguments[1])).run();
      System.exit(0);
    }
  }

  private void run() throws IOException {
    Files.writeString(identity(folder), Leases.identity(ProcessHandle.current()));
    Path data = folder.resolve("data");
    GuardedProcesses processes = GuardedProcesses.open(data);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(processes)));
    try {
      StoreOptions options =
          new StoreOptions(
              data,
              StorePorts.free(),
              false,
              Checkout.root(),
              StoreOptions.userCache(folder.resolveSibling("cache")));
      StoreStack.startForTests(options, processes, System.getenv(), System.out::println)
          .write(addresses(folder));
      processes.onWatchdogLost(() -> System.exit(1));
      awaitNoLeases();
    } catch (LocalStackException e) {
      System.out.println(e.getMessage());
      Files.writeString(failure(folder), e.getMessage());
    }
  }

  private void awaitNoLeases() throws IOException {
    long lastUse = System.nanoTime();
    while (true) {
      Pause.of(BETWEEN_LOOKS);
      if (leases.anyAlive()) {
        lastUse = System.nanoTime();
      } else if (System.nanoTime() - lastUse > UNUSED_LIMIT.toNanos() && withdraw()) {
        return;
      }
    }
  }

  /** Under the clients' lock, so that nobody takes a lease on stores that are about to stop. */
  private boolean withdraw() throws IOException {
    try (FolderLock lock = FolderLock.await(clientLock)) {
      if (leases.anyAlive()) {
        return false;
      }
      Files.deleteIfExists(addresses(folder));
      return true;
    }
  }

  private void stop(GuardedProcesses processes) {
    try {
      Files.deleteIfExists(addresses(folder));
    } catch (IOException e) {
      System.out.println("cannot delete the addresses: " + e.getMessage());
    }
    processes.close();
    deleteData();
  }

  /** The logs stay for whoever wonders about a failed test. */
  private void deleteData() {
    try (DirectoryStream<Path> parts = Files.newDirectoryStream(folder.resolve("data"))) {
      for (Path part : parts) {
        if (!part.endsWith("logs")) {
          Folders.delete(part);
        }
      }
    } catch (IOException e) {
      System.out.println("cannot delete the data: " + e.getMessage());
    }
  }
}
