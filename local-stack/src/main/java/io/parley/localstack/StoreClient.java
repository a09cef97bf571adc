package io.parley.localstack;

import io.parley.localstack.process.Folders;
import io.parley.localstack.process.GuardedProcesses;
import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.process.Pause;
import io.parley.localstack.store.StoreAddresses;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Finds the supervisor of a folder, or starts one. */
final class StoreClient {
  /** Includes the first fetch of packages. */
  private static final Duration STARTED_WITHIN = Duration.ofMinutes(8);

  private final Path root;
  private final Path folder;
  private final Path lock;

  /**
   * @param folder of the supervisor, below the root; its lock is beside it
   */
  StoreClient(Path root, String folder) {
    this.root = root;
    this.folder = root.resolve(folder);
    this.lock = root.resolve(folder + ".lock");
  }

  StoreAddresses join() {
    try (FolderLock held = FolderLock.await(lock)) {
      Path file = StoreSupervisor.addresses(folder);
      if (!supervisorRuns() || !Files.exists(file)) {
        start();
      }
      new Leases(folder.resolve("leases")).take();
      return StoreAddresses.read(file);
    } catch (IOException e) {
      throw new LocalStackException("cannot use " + folder + ": " + e.getMessage(), e);
    }
  }

  private void start() throws IOException {
    // One that withdrew its addresses is about to end.
    await(Duration.ofSeconds(60), "the stores of the last build do not stop", this::isUnused);
    clear();
    new Leases(folder.resolve("leases")).take();
    Path log = folder.resolve("supervisor.log");
    Process supervisor =
        new ProcessBuilder(command())
            .directory(root.toFile())
            .redirectInput(new File("/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    await(
        STARTED_WITHIN,
        "the stores did not start; their log: " + log,
        () -> Files.exists(StoreSupervisor.addresses(folder)) || !supervisor.isAlive());
    if (!Files.exists(StoreSupervisor.addresses(folder))) {
      Path failure = StoreSupervisor.failure(folder);
      throw Files.exists(failure)
          ? new LocalStackException(Files.readString(failure))
          : LocalStackException.withLog("the stores did not start", log);
    }
  }

  /** The supervisor's class path is Maven's output, not the test's: it has servers in it. */
  private List<String> command() {
    Path target = root.resolve("local-stack/target");
    Path jar = target.resolve("local-stack.jar");
    if (!Files.isDirectory(target.resolve("lib"))) {
      throw new LocalStackException(
          target + " is not built: mvn package -pl local-stack/cassandra-node,local-stack");
    }
    List<String> command = new ArrayList<>();
    command.add("setsid");
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx192m"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-Dparley.root=" + root);
    command.add("-cp");
    command.add((Files.exists(jar) ? jar : target.resolve("classes")) + ":" + target + "/lib/*");
    command.add(StoreSupervisor.class.getName());
    command.add(folder.toString());
    command.add(lock.toString());
    return command;
  }

  private boolean supervisorRuns() throws IOException {
    Path file = StoreSupervisor.identity(folder);
    return Files.exists(file) && Leases.isAlive(Files.readString(file));
  }

  private boolean isUnused() {
    return FolderLock.tryNow(folder.resolve("lock"))
        .map(
            free -> {
              free.close();
              return true;
            })
        .orElse(false);
  }

  /** All but what says which processes a crashed supervisor left, for the new one to wait for. */
  private void clear() throws IOException {
    Path data = folder.resolve("data");
    if (Files.exists(data.resolve("processes"))) {
      GuardedProcesses.open(data).close();
    }
    Folders.delete(folder);
    Files.createDirectories(folder);
  }

  private static void await(Duration limit, String otherwise, BooleanSupplier condition) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new LocalStackException(otherwise);
      }
      Pause.of(Duration.ofMillis(50));
    }
  }
}
