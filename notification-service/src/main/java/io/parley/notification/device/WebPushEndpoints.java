package io.parley.notification.device;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * Where this service may be made to post to. Anybody with an account names an endpoint, so it must
 * not become a way to what only this service can reach: no http, no private address. A name is
 * looked up when it is posted to, and then {@link #mayConnectTo} decides on the very address that
 * is connected to.
 */
@Component
public class WebPushEndpoints {

  private static final int MAX_CHARS = 2_000;

  private final WebPushEndpointProperties properties;

  public WebPushEndpoints(WebPushEndpointProperties properties) {
    this.properties = properties;
  }

  boolean isAllowed(String endpoint) {
    if (endpoint.length() > MAX_CHARS) {
      return false;
    }
    URI uri;
    try {
      uri = new URI(endpoint);
    } catch (URISyntaxException e) {
      return false;
    }
    String host = uri.getHost();
    return host != null
        && uri.getRawUserInfo() == null
        && uri.getRawFragment() == null
        && uri.getPort() <= 65_535
        && endpoint.chars().allMatch(c -> c > ' ' && c < 0x7f)
        && schemes().contains(String.valueOf(uri.getScheme()))
        && isAllowedHost(host.toLowerCase(Locale.ROOT));
  }

  private Set<String> schemes() {
    return properties.allowPrivate() ? Set.of("https", "http") : Set.of("https");
  }

  private boolean isAllowedHost(String host) {
    if (!properties.hosts().isEmpty()) {
      return properties.hosts().stream()
          .anyMatch(
              allowed ->
                  allowed.startsWith("*.")
                      ? host.endsWith(allowed.substring(1).toLowerCase(Locale.ROOT))
                      : host.equals(allowed.toLowerCase(Locale.ROOT)));
    }
    // Push services have names. An address, in whichever notation, needs no second look.
    return properties.allowPrivate()
        || (host.contains(".") && !host.startsWith("[") && !host.matches("[0-9a-fx.]+"));
  }

  /** Whether it is out on the internet, or need not be. */
  public boolean mayConnectTo(InetAddress address) {
    return properties.allowPrivate() || isPublic(address);
  }

  /** By the registries of special purposes (RFC 6890), and what they let through to IPv4. */
  static boolean isPublic(InetAddress address) {
    if (address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()) {
      return false;
    }
    byte[] bytes = address.getAddress();
    if (address instanceof Inet4Address) {
      return isPublic4(bytes, 0);
    }
    if (address instanceof Inet6Address six) {
      int first = part(bytes, 0);
      boolean global = (first & 0xe000) == 0x2000;
      boolean documentation = first == 0x2001 && part(bytes, 2) == 0x0db8;
      boolean teredo = first == 0x2001 && part(bytes, 2) == 0;
      if (first == 0x2002) {
        return isPublic4(bytes, 2);
      }
      // 64:ff9b::/96: IPv4 by translation.
      if (first == 0x64 && part(bytes, 2) == 0xff9b) {
        return part(bytes, 4) == 0 && part(bytes, 6) == 0 && isPublic4(bytes, 12);
      }
      return global && !documentation && !teredo && !six.isIPv4CompatibleAddress();
    }
    return false;
  }

  private static boolean isPublic4(byte[] bytes, int at) {
    int first = bytes[at] & 0xff;
    int second = bytes[at + 1] & 0xff;
    int third = bytes[at + 2] & 0xff;
    return first != 0
        && first != 10
        && first != 127
        && first < 224
        && !(first == 100 && second >= 64 && second < 128)
        && !(first == 169 && second == 254)
        && !(first == 172 && second >= 16 && second < 32)
        && !(first == 192 && second == 168)
        && !(first == 192 && second == 0 && (third == 0 || third == 2))
        && !(first == 198 && (second == 18 || second == 19))
        && !(first == 198 && second == 51 && third == 100)
        && !(first == 203 && second == 0 && third == 113);
  }

  private static int part(byte[] bytes, int at) {
    return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
  }
}
