package io.parley.localstack.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RabbitProgramsTest {
  @TempDir Path root;

  @Test
  void inShouldFindVersion4() throws IOException {
    Files.createDirectories(root.resolve("usr/lib/rabbitmq/lib/rabbitmq_server-4.0.5"));
    Files.createDirectories(root.resolve("usr/lib/erlang/erts-15.2.7"));
    RabbitPrograms programs = RabbitPrograms.in(root).orElseThrow();
    assertThat(programs.server())
        .isEqualTo(root.resolve("usr/lib/rabbitmq/lib/rabbitmq_server-4.0.5/sbin/rabbitmq-server"));
    assertThat(programs.epmd()).isEqualTo(root.resolve("usr/lib/erlang/erts-15.2.7/bin/epmd"));
  }

  @Test
  void inShouldLeaveAnOldVersionAlone() throws IOException {
    Files.createDirectories(root.resolve("usr/lib/rabbitmq/lib/rabbitmq_server-3.10.8"));
    Files.createDirectories(root.resolve("usr/lib/erlang/erts-13.1"));
    assertThat(RabbitPrograms.in(root)).isEmpty();
  }

  @Test
  void inShouldFindNothingOnAMachineWithoutErlang() throws IOException {
    Files.createDirectories(root.resolve("usr/lib/rabbitmq/lib/rabbitmq_server-4.0.5"));
    assertThat(RabbitPrograms.in(root)).isEmpty();
  }
}
