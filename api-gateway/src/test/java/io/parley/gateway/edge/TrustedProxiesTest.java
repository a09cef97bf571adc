package io.parley.gateway.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.util.unit.DataSize;

class TrustedProxiesTest {

  private final TrustedProxies proxies = trusting("10.0.0.0/8", "192.168.1.7", "fd00::/8");

  @ParameterizedTest
  @CsvSource({
    // peer, X-Forwarded-For, client, what limits count by
    "203.0.113.9, , 203.0.113.9, 203.0.113.9",
    "203.0.113.9, 198.51.100.1, 203.0.113.9, 203.0.113.9",
    "192.168.1.8, 198.51.100.1, 192.168.1.8, 192.168.1.8",
    "10.1.2.3, 198.51.100.1, 198.51.100.1, 198.51.100.1",
    "192.168.1.7, '6.6.6.6, 198.51.100.1', 198.51.100.1, 198.51.100.1",
    "10.1.2.3, '6.6.6.6, 198.51.100.1, 10.9.9.9', 198.51.100.1, 198.51.100.1",
    "10.1.2.3, '10.4.4.4, 10.5.5.5', 10.4.4.4, 10.4.4.4",
    "10.1.2.3, nonsense, 10.1.2.3, 10.1.2.3",
    "10.1.2.3, '198.51.100.1, example.org', 10.1.2.3, 10.1.2.3",
    "10.1.2.3, '198.51.100.1:80', 10.1.2.3, 10.1.2.3",
    "10.1.2.3, '', 10.1.2.3, 10.1.2.3",
    "fd00::1, 2001:db8:1:2:3:4:5:6, 2001:db8:1:2:3:4:5:6, 2001:db8:1:2:0:0:0:0/64",
    "2001:db8:1:2::9, , 2001:db8:1:2:0:0:0:9, 2001:db8:1:2:0:0:0:0/64",
    "10.1.2.3, ::ffff:198.51.100.1, 198.51.100.1, 198.51.100.1"
  })
  void theClientShouldBeTheLastThatIsNoProxy(
      String peer, String header, String client, String network) {
    MockServerHttpRequest.BaseBuilder<?> request =
        MockServerHttpRequest.get("/").remoteAddress(new InetSocketAddress(peer, 5));
    if (header != null) {
      request.header("X-Forwarded-For", header);
    }
    ClientAddress found = proxies.clientOf(request.build());
    assertThat(found.text()).isEqualTo(client);
    assertThat(found.network()).isEqualTo(network);
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3, https, true",
    "10.1.2.3, http, false",
    "10.1.2.3, , false",
    "203.0.113.9, https, false"
  })
  void onlyAProxyShouldSayThatTheClientCameByTls(String peer, String proto, boolean secure) {
    MockServerHttpRequest.BaseBuilder<?> request =
        MockServerHttpRequest.get("/").remoteAddress(new InetSocketAddress(peer, 5));
    if (proto != null) {
      request.header("X-Forwarded-Proto", proto);
    }
    assertThat(proxies.clientOf(request.build()).secure()).isEqualTo(secure);
  }

  @ParameterizedTest
  @ValueSource(strings = {"example.org", "10.0.0.0/33", "10.0.0.0/x", "10.0.0", "/8", "fd00::/129"})
  void whatIsNoRangeShouldStopTheStart(String range) {
    assertThatThrownBy(() -> trusting(range)).isInstanceOf(IllegalArgumentException.class);
  }

  private static TrustedProxies trusting(String... ranges) {
    return new TrustedProxies(
        new EdgeProperties(
            DataSize.ofKilobytes(64),
            List.of(),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            DataSize.ofKilobytes(1),
            List.of(ranges),
            Duration.ofDays(365)));
  }
}
