package io.parley.notification.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WebPushEndpointsTest {

  private final WebPushEndpoints strict = endpoints(false);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://fcm.googleapis.com/fcm/send/abc:def-_",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
        "https://web.push.apple.com/QGuQ",
        "https://ntfy.example.org:8443/up?id=1"
      })
  void pushServicesShouldBeAllowed(String endpoint) {
    assertThat(strict.isAllowed(endpoint)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "/path",
        "http://push.example.org/x",
        "ftp://push.example.org/x",
        "file:///etc/passwd",
        "https:///x",
        "https://user:pass@push.example.org/x",
        "https://push.example.org/x#part",
        "https://push.example.org/a b",
        "https://push.example.org/\u00e4",
        "https://push.example.org:99999/x",
        "https://localhost/x",
        "https://postgres/x",
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://10.0.0.1/x",
        "https://8.8.8.8/x",
        "https://0x7f.0.0.1/x",
        "https://0x7f000001/x",
        "https://2130706433/x",
        "https://[::1]/x",
        "https://[2001:4860:4860::8888]/x"
      })
  void othersShouldNotBeAllowed(String endpoint) {
    assertThat(strict.isAllowed(endpoint)).isFalse();
  }

  @Test
  void anEndpointShouldHaveABoundedLength() {
    String longest = "https://push.example.org/" + "x".repeat(2_000 - 25);

    assertThat(strict.isAllowed(longest)).isTrue();
    assertThat(strict.isAllowed(longest + "x")).isFalse();
  }

  @Test
  void onlyNamedHostsShouldBeAllowedWhereSomeAreNamed() {
    WebPushEndpoints named =
        new WebPushEndpoints(
            new WebPushEndpointProperties(
                false, List.of("fcm.googleapis.com", "*.push.apple.com")));

    assertThat(named.isAllowed("https://fcm.googleapis.com/x")).isTrue();
    assertThat(named.isAllowed("https://FCM.googleapis.com/x")).isTrue();
    assertThat(named.isAllowed("https://web.push.apple.com/x")).isTrue();
    assertThat(named.isAllowed("https://push.apple.com/x")).isFalse();
    assertThat(named.isAllowed("https://evilpush.apple.com/x")).isFalse();
    assertThat(named.isAllowed("https://googleapis.com/x")).isFalse();
    assertThat(named.isAllowed("https://fcm.googleapis.com.example.org/x")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:10.0.0.1",
        "::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::808:808",
        "2001::1",
        "2001:db8::1",
        "2002:a00:1::",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1"
      })
  void noPrivateAddressShouldBeConnectedTo(String address) throws UnknownHostException {
    assertThat(strict.mayConnectTo(InetAddress.getByName(address))).isFalse();
    assertThat(endpoints(true).mayConnectTo(InetAddress.getByName(address))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "8.8.8.8",
        "100.63.0.1",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "198.17.0.1",
        "198.20.0.1",
        "223.255.255.254",
        "2001:4860:4860::8888",
        "2a00:1450:4001::200e",
        "2002:808:808::",
        "64:ff9b::808:808",
        "::ffff:8.8.8.8"
      })
  void publicAddressesShouldBeConnectedTo(String address) throws UnknownHostException {
    assertThat(strict.mayConnectTo(InetAddress.getByName(address))).isTrue();
  }

  private static WebPushEndpoints endpoints(boolean allowPrivate) {
    return new WebPushEndpoints(new WebPushEndpointProperties(allowPrivate, List.of()));
  }
}
