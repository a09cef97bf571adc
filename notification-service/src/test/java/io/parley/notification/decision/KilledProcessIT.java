package io.parley.notification.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.events.MessagesStored.Stored;
import io.parley.common.ids.UserId;
import io.parley.notification.ServiceHarness;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** Promise 4: no process's death loses a notification. The process is the packaged service. */
class KilledProcessIT extends ServiceHarness {

  private final DueNotifications due;

  KilledProcessIT(@Autowired DueNotifications due) {
    this.due = due;
  }

  @Test
  void whatAKilledProcessHadClaimedShouldBePushedByAnother() throws Exception {
    UserId ann = user();
    // The fake FCM takes a push only after this time: the kill comes before.
    List<String> tokens = IntStream.range(0, 4).mapToObj(i -> token("slow-6000-k" + i)).toList();
    List<String> devices = tokens.stream().map(t -> register(ann, t, "android")).toList();
    Stored message = message("survives", ann);

    // This JVM takes nothing in hand, so that the other process does.
    due.stop();
    Process process = start();
    try {
      publish(message);
      await("claims", Duration.ofMinutes(3), () -> allIn("CLAIMED", devices, message));
    } finally {
      process.destroyForcibly().waitFor();
      due.start();
    }

    await("sent by this JVM", () -> allIn("SENT", devices, message));
    settled();
    for (String token : tokens) {
      // At-least-once: FCM may still take what it had received before the kill.
      assertThat(pushes(token)).hasSizeBetween(1, 2);
    }
  }

  private boolean allIn(String state, List<String> devices, Stored message) {
    return devices.stream().allMatch(device -> state.equals(state(device, message)));
  }

  private static Process start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx256m",
            "-XX:TieredStopAtLevel=1",
            "-jar",
            "target/notification-service.jar");
    builder.environment().putAll(ENVIRONMENT);
    builder.environment().put("SERVER_PORT", "0");
    builder.redirectErrorStream(true).redirectOutput(new File("target/killed-process.log"));
    return builder.start();
  }
}
