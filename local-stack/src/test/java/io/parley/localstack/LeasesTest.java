package io.parley.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeasesTest {
  @TempDir Path folder;

  @Test
  void leaseShouldBeAliveWithItsProcess() throws IOException {
    Leases leases = new Leases(folder);
    leases.take();
    assertThat(leases.anyAlive()).isTrue();
  }

  @Test
  void takeShouldBeRepeatable() throws IOException {
    Leases leases = new Leases(folder);
    leases.take();
    leases.take();
    assertThat(leases.anyAlive()).isTrue();
  }

  @Test
  void noLeaseShouldBeAliveInAnEmptyFolder() throws IOException {
    assertThat(new Leases(folder).anyAlive()).isFalse();
  }

  @Test
  void leaseShouldEndWhenItsProcessIdBelongsToAnother() throws IOException {
    Files.createFile(folder.resolve(ProcessHandle.current().pid() + "-12345"));
    assertThat(new Leases(folder).anyAlive()).isFalse();
  }

  @Test
  void leaseShouldEndWithItsProcess() throws IOException, InterruptedException {
    Process process = new ProcessBuilder("sleep", "1000").start();
    Files.createFile(folder.resolve(Leases.identity(process.toHandle())));
    Leases leases = new Leases(folder);
    assertThat(leases.anyAlive()).isTrue();
    process.destroyForcibly().waitFor();
    assertThat(leases.anyAlive()).isFalse();
  }

  @Test
  void ancestorShouldBeTheNearestThatIsWanted() {
    ProcessHandle self = ProcessHandle.current();
    assertThat(Leases.ancestor(self, process -> true)).isEqualTo(self.parent());
    assertThat(Leases.ancestor(self, process -> false)).isEmpty();
  }
}
