package io.parley.gateway.edge;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.springframework.web.server.ServerWebExchange;

/**
 * Whom a request comes from.
 *
 * @param secure whether the client itself speaks TLS, with the gateway or with a proxy before it
 */
public record ClientAddress(InetAddress address, boolean secure) {

  private static final int NETWORK_BYTES = 8;

  /** The client of a request that has passed the edge's first filter. */
  public static ClientAddress of(ServerWebExchange exchange) {
    return exchange.getRequiredAttribute(ClientAddress.class.getName());
  }

  void keepIn(ServerWebExchange exchange) {
    exchange.getAttributes().put(ClientAddress.class.getName(), this);
  }

  public String text() {
    return address.getHostAddress();
  }

  /**
   * What limits count by: an IPv4 address, or the /64 network of an IPv6 address, all of which one
   * subscriber has.
   */
  public String network() {
    if (!(address instanceof Inet6Address)) {
      return text();
    }
    byte[] bytes = address.getAddress();
    Arrays.fill(bytes, NETWORK_BYTES, bytes.length, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes).getHostAddress() + "/64";
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }
}
