package io.parley.notification.webpush;

import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What a client needs to know before it subscribes. */
@RestController
@Tag(name = "device", description = "The caller's devices, which get pushes")
@RequiresScope(Scope.NOTIFICATIONS_MANAGE)
class WebPushController {

  private final VapidKeys keys;

  WebPushController(VapidKeys keys) {
    this.keys = keys;
  }

  @GetMapping("/api/v1/devices/web-push-key")
  @Operation(summary = "The public key that a Web Push subscription is made with")
  WebPushKeyView key() {
    return new WebPushKeyView(keys.publicKey());
  }
}
