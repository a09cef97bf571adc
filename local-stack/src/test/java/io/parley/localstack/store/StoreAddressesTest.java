package io.parley.localstack.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreAddressesTest {
  private static final StoreAddresses ADDRESSES =
      new StoreAddresses(
          "jdbc:postgresql://127.0.0.1:1",
          "someone",
          "p=ä\\ss # word",
          "redis://127.0.0.1:2/3",
          "amqp://guest:guest@127.0.0.1:4/%2F",
          "http://127.0.0.1:5",
          "127.0.0.1:6,127.0.0.2:6",
          "dc");

  @Test
  void readShouldAnswerWhatWasWritten(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("addresses.properties");
    ADDRESSES.write(file);
    assertThat(StoreAddresses.read(file)).isEqualTo(ADDRESSES);
  }

  @Test
  void environmentShouldBeReversible() {
    assertThat(StoreAddresses.of(ADDRESSES.environment())).isEqualTo(ADDRESSES);
  }

  @Test
  void addressesShouldBeIncompleteUntilEveryStoreHasOne() {
    assertThat(ADDRESSES.complete()).isTrue();
    assertThat(StoreAddresses.of(Map.of("PARLEY_REDIS_URL", "redis://h:1")).complete()).isFalse();
  }
}
