package io.parley.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.localstack.process.Folders;
import io.parley.localstack.process.Pause;
import io.parley.localstack.store.StoreAddresses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfEnvironmentVariable;

/** With a stack of its own, as it breaks it. */
@DisabledIfEnvironmentVariable(named = "PARLEY_STORES", matches = "docker")
class StoreSupervisorIT {
  private static final Duration GONE_WITHIN = Duration.ofSeconds(60);

  private final String name = ".parley/broken-stores-" + ProcessHandle.current().pid();
  private final Path folder = Checkout.root().resolve(name);

  @AfterEach
  void clean() throws IOException {
    Folders.delete(folder);
    Files.deleteIfExists(folder.resolveSibling(folder.getFileName() + ".lock"));
  }

  @Test
  void killedSupervisorShouldLeaveNoStoreAndTheNextOneShouldStart() throws IOException {
    StoreAddresses first = new StoreClient(Checkout.root(), name).join();
    List<ProcessHandle> servers = servers();
    assertThat(servers)
        .as("postgres, redis, epmd, rabbitmq, cassandra")
        .hasSizeGreaterThanOrEqualTo(5);

    supervisor().destroyForcibly();
    awaitEnd(servers);

    StoreAddresses second = new StoreClient(Checkout.root(), name).join();
    assertThat(second).isNotEqualTo(first);
    servers = servers();

    // The orderly end.
    ProcessHandle supervisor = supervisor();
    supervisor.destroy();
    awaitEnd(servers);
    // It deletes its data last.
    awaitEnd(List.of(supervisor));
    assertThat(StoreSupervisor.addresses(folder)).doesNotExist();
  }

  private ProcessHandle supervisor() throws IOException {
    String identity = Files.readString(StoreSupervisor.identity(folder));
    return ProcessHandle.of(Long.parseLong(identity.split("-", 2)[0])).orElseThrow();
  }

  /** Those that run now, of all that were started. */
  private List<ProcessHandle> servers() throws IOException {
    return Files.readAllLines(folder.resolve("data/processes")).stream()
        .map(line -> Long.parseLong(line.split(" ", 2)[0]))
        .flatMap(pid -> ProcessHandle.of(pid).stream())
        .toList();
  }

  private static void awaitEnd(List<ProcessHandle> processes) {
    long deadline = System.nanoTime() + GONE_WITHIN.toNanos();
    while (processes.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() < deadline) {
      Pause.of(Duration.ofMillis(50));
    }
    assertThat(processes).noneMatch(ProcessHandle::isAlive);
  }
}
