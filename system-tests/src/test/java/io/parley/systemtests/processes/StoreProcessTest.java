package io.parley.systemtests.processes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoreProcessTest {

  @Test
  void aFrozenProcessShouldStandStillUntilItIsThawed() throws Exception {
    Process process = new ProcessBuilder("sleep", "60").start();
    try {
      StoreProcess store = new StoreProcess(List.of(process.pid()));

      store.freeze();
      awaitState(process, "T (stopped)");
      store.thaw();
      awaitState(process, "S (sleeping)");
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aPortShouldBeFoundByItsProcess() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      long self = ProcessHandle.current().pid();

      assertThat(Listeners.pid(server.getLocalPort())).isEqualTo(self);
      assertThat(Listeners.pid(Listeners.port(self))).isEqualTo(self);
    }
  }

  private static void awaitState(Process process, String state) throws Exception {
    Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
    long patience = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!Files.readString(status).contains("State:\t" + state)) {
      assertThat(System.nanoTime()).isLessThan(patience);
      Thread.sleep(10);
    }
  }
}
