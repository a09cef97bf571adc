package io.parley.user.token;

import io.jsonwebtoken.security.Jwks;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.http.CacheControl;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** The public keys, as RFC 7517 has them. */
@RestController
class JwksController {

  private final SigningKeys keys;

  JwksController(SigningKeys keys) {
    this.keys = keys;
  }

  @GetMapping("/.well-known/jwks.json")
  ResponseEntity<Map<String, Object>> jwks() {
    List<Map<String, ?>> published =
        keys.published().stream().<Map<String, ?>>map(JwksController::view).toList();
    return ResponseEntity.ok()
        .cacheControl(CacheControl.maxAge(Duration.ofMinutes(1)).cachePublic())
        .body(Map.of("keys", published));
  }

  private static Map<String, ?> view(SigningKeys.Pair key) {
    return Jwks.builder()
        .key(key.publicKey())
        .id(key.id())
        .algorithm("ES256")
        .publicKeyUse("sig")
        .build();
  }
}
