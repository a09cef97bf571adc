package io.parley.user.slowdown;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a client's address belongs to. Of IPv6 one customer has a /64 at least, often a /56, and
 * whoever rents a /48 has 65,536 of the former to change between.
 *
 * @param client an IPv4 address, or the /64 of an IPv6 address
 * @param site the /56; null for IPv4
 * @param provider the /48; null for IPv4
 */
record Networks(String client, @Nullable String site, @Nullable String provider) {

  private static final int CLIENT_BYTES = 8;
  private static final int SITE_BYTES = 7;
  private static final int PROVIDER_BYTES = 6;

  /** Whatever is no address stands for itself: no name is looked up. */
  static Networks of(String address) {
    try {
      if (InetAddress.ofLiteral(address) instanceof Inet6Address six) {
        byte[] bytes = six.getAddress();
        return new Networks(
            prefix(bytes, CLIENT_BYTES), prefix(bytes, SITE_BYTES), prefix(bytes, PROVIDER_BYTES));
      }
    } catch (IllegalArgumentException | UnknownHostException e) {
      return new Networks(address, null, null);
    }
    return new Networks(address, null, null);
  }

  private static String prefix(byte[] address, int bytes) throws UnknownHostException {
    byte[] network = Arrays.copyOf(Arrays.copyOf(address, bytes), address.length);
    return InetAddress.getByAddress(network).getHostAddress() + "/" + bytes * 8;
  }
}
