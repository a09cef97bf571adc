package io.parley.notification.digest;

import io.parley.common.problems.Refuses;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/**
 * Mail programs post {@code List-Unsubscribe=One-Click} here, as a form of either kind (RFC 8058).
 * A GET ends nothing, as programs that look into mails follow links, too: it leads people to a page
 * that asks for a click.
 */
@RestController
@Tag(name = "unsubscribe", description = "No more mails of what was missed, by a link in one")
class UnsubscribeController {

  private final Unsubscribes unsubscribes;
  private final PublicLinks links;

  UnsubscribeController(Unsubscribes unsubscribes, PublicLinks links) {
    this.unsubscribes = unsubscribes;
    this.links = links;
  }

  @Operation(summary = "End the digests of the user whose mail has this link")
  @Refuses("not-found")
  @PostMapping("/api/v1/notifications/unsubscribe")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void unsubscribe(@RequestParam String token) {
    unsubscribes.end(token);
  }

  /** For people, and not part of the API. */
  @Operation(hidden = true)
  @GetMapping("/api/v1/notifications/unsubscribe")
  ResponseEntity<Void> visit(@RequestParam String token) {
    unsubscribes.check(token);
    return ResponseEntity.status(HttpStatus.SEE_OTHER)
        .location(URI.create(links.unsubscribePage(token)))
        .header(HttpHeaders.CACHE_CONTROL, "no-store")
        .header("Referrer-Policy", "no-referrer")
        .build();
  }
}
