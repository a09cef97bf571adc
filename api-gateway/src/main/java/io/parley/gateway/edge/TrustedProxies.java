package io.parley.gateway.edge;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.stereotype.Component;

/**
 * Finds the client behind a request. It is the other end of the connection, unless that is one of
 * the configured proxies: then it is the last address in X-Forwarded-For that is no such proxy.
 * What stands before it was written by the client.
 */
@Component
final class TrustedProxies {

  private static final InetAddress UNKNOWN = address(new byte[4]);

  /** Longer lists come from no chain of proxies that anybody runs. */
  private static final int MAX_HOPS = 20;

  private final List<IpSubnetFilterRule> ranges;

  TrustedProxies(EdgeProperties properties) {
    this.ranges = properties.trustedProxies().stream().map(TrustedProxies::range).toList();
  }

  ClientAddress clientOf(ServerHttpRequest request) {
    InetSocketAddress remote = request.getRemoteAddress();
    boolean secure = request.getSslInfo() != null;
    if (remote == null || remote.getAddress() == null) {
      return new ClientAddress(UNKNOWN, secure);
    }
    InetAddress client = plain(remote.getAddress());
    if (!isTrusted(client)) {
      return new ClientAddress(client, secure);
    }
    for (String hop : hopsFromTheLast(request)) {
      InetAddress address = parse(hop);
      if (address == null) {
        break;
      }
      client = address;
      if (!isTrusted(address)) {
        break;
      }
    }
    String proto = request.getHeaders().getFirst("X-Forwarded-Proto");
    return new ClientAddress(client, proto == null ? secure : proto.equalsIgnoreCase("https"));
  }

  /** Whether the other end of the connection is one of the proxies, whose word counts. */
  boolean vouchFor(ServerHttpRequest request) {
    InetSocketAddress remote = request.getRemoteAddress();
    return remote != null && remote.getAddress() != null && isTrusted(plain(remote.getAddress()));
  }

  private static List<String> hopsFromTheLast(ServerHttpRequest request) {
    List<String> hops = new ArrayList<>();
    for (String line : request.getHeaders().getOrDefault("X-Forwarded-For", List.of())) {
      hops.addAll(Arrays.asList(line.split(",")));
    }
    Collections.reverse(hops);
    return hops.subList(0, Math.min(hops.size(), MAX_HOPS));
  }

  private boolean isTrusted(InetAddress address) {
    InetSocketAddress socket = new InetSocketAddress(address, 0);
    return ranges.stream().anyMatch(range -> range.matches(socket));
  }

  /** Never a name: a lookup would be the client's to cause. */
  private static @Nullable InetAddress parse(String text) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text.strip());
    return bytes == null ? null : address(bytes);
  }

  /** An IPv4 address that came as IPv6 becomes IPv4, a scope is dropped. */
  private static InetAddress plain(InetAddress address) {
    return address(address.getAddress());
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static IpSubnetFilterRule range(String text) {
    String[] parts = text.strip().split("/", 2);
    InetAddress address = parse(parts[0]);
    if (address == null) {
      throw new IllegalArgumentException("not an address or range: " + text);
    }
    int bits = address.getAddress().length * 8;
    try {
      int prefix = parts.length == 1 ? bits : Integer.parseInt(parts[1]);
      return new IpSubnetFilterRule(address, prefix, IpFilterRuleType.ACCEPT);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("not an address or range: " + text, e);
    }
  }
}
