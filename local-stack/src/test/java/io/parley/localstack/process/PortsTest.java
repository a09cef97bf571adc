package io.parley.localstack.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortsTest {
  @Test
  void freeShouldAnswerDistinctPortsBelowTheEphemeralRange() {
    assertThat(Ports.free(30)).doesNotHaveDuplicates().allMatch(port -> port < 32_768);
  }

  @Test
  void freeShouldAnswerNoPortTwice() {
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      ports.add(Ports.free());
    }
    assertThat(ports).doesNotHaveDuplicates();
  }

  @Test
  void isFreeShouldSeeAListenerOnTheLoopback() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(Ports.isFree(socket.getLocalPort())).isFalse();
    }
  }

  @Test
  void isFreeShouldSeeAListenerOnEveryAddress() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      assertThat(Ports.isFree(socket.getLocalPort())).isFalse();
    }
  }
}
