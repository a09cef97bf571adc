package io.parley.common.access;

import io.jsonwebtoken.security.Keys;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * What this process has to sign its calls with, and to check those of others: a key for each
 * direction. Nobody else needs to have it, so whoever breaks into one service can speak for that
 * one alone, and only to those whom it calls.
 */
final class CallKeys {

  private static final int MIN_BYTES = 32;

  /**
   * @param id the {@code kid}: it says which key of which caller, and nothing of the key
   */
  record CallKey(FleetService caller, String id, SecretKey key) {}

  private final FleetService own;
  private final Map<String, List<byte[]>> given;
  private final @Nullable String secret;
  private final Map<FleetService, CallKey> signing = new EnumMap<>(FleetService.class);
  private final Map<String, CallKey> accepted = new HashMap<>();

  /**
   * @param given as {@link CallProperties#keys}
   * @param secret from which the keys of other directions come; empty: there are none
   * @throws IllegalArgumentException for what is no list of keys
   */
  CallKeys(FleetService own, List<String> given, String secret) {
    this.own = own;
    this.given = parse(given);
    this.secret = secret.isEmpty() ? null : secret;
    for (FleetService other : FleetService.values()) {
      List<CallKey> outward = keys(own, other);
      if (!outward.isEmpty()) {
        signing.put(other, outward.get(0));
      }
      keys(other, own).forEach(key -> accepted.put(key.id(), key));
    }
  }

  /**
   * @throws IllegalStateException when this process has no key for that direction
   */
  CallKey signing(FleetService callee) {
    CallKey key = signing.get(callee);
    if (key == null) {
      throw new IllegalStateException(
          "PARLEY_CALL_KEYS has no key for " + direction(own, callee) + ", nor is there a secret");
    }
    return key;
  }

  @Nullable CallKey accepted(String id) {
    return accepted.get(id);
  }

  private List<CallKey> keys(FleetService from, FleetService to) {
    String direction = direction(from, to);
    List<byte[]> keys = given.get(direction);
    if (keys == null) {
      keys =
          secret == null
              ? List.of()
              : List.of(ServiceTokens.derive(secret, "service-calls " + direction));
    }
    return keys.stream()
        .map(key -> new CallKey(from, from.value() + "." + fingerprint(key), hmac(key)))
        .toList();
  }

  private static SecretKey hmac(byte[] key) {
    return Keys.hmacShaKeyFor(key);
  }

  private static String fingerprint(byte[] key) {
    byte[] digest = ServiceTokens.derive(Base64.getEncoder().encodeToString(key), "key-id");
    return HexFormat.of().formatHex(digest, 0, 4);
  }

  private static String direction(FleetService from, FleetService to) {
    return from.value() + ">" + to.value();
  }

  private static Map<String, List<byte[]>> parse(List<String> given) {
    Map<String, List<byte[]>> keys = new HashMap<>();
    for (String entry : given) {
      String[] parts = entry.strip().split("=", 2);
      String[] ends = parts[0].split(">", -1);
      if (parts.length != 2 || ends.length != 2) {
        throw new IllegalArgumentException(
            "PARLEY_CALL_KEYS: each of its parts must be caller>callee=key");
      }
      String direction = direction(FleetService.named(ends[0]), FleetService.named(ends[1]));
      keys.computeIfAbsent(direction, none -> new ArrayList<>()).add(key(direction, parts[1]));
    }
    return keys;
  }

  private static byte[] key(String direction, String text) {
    byte[] key;
    try {
      key = Base64.getDecoder().decode(text.getBytes(StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("PARLEY_CALL_KEYS: " + direction + " is no base64", e);
    }
    if (key.length < MIN_BYTES) {
      throw new IllegalArgumentException(
          "PARLEY_CALL_KEYS: " + direction + " must have at least " + MIN_BYTES + " bytes");
    }
    return key;
  }
}
