package io.parley.common.ids;

import java.util.UUID;

/** {@link UUID#fromString} also accepts "1-1-1-1-1"; an id on the wire has one spelling only. */
final class CanonicalUuid {

  private CanonicalUuid() {}

  static UUID parse(String text) {
    UUID uuid = UUID.fromString(text);
    if (!uuid.toString().equals(text)) {
      throw new IllegalArgumentException("not a canonical UUID");
    }
    return uuid;
  }
}
