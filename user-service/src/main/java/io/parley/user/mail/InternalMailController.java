package io.parley.user.mail;

import io.parley.common.edge.Page;
import jakarta.validation.Valid;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** Addresses, for services that mail news. */
@RestController
class InternalMailController {

  private final MailAddresses addresses;

  InternalMailController(MailAddresses addresses) {
    this.addresses = addresses;
  }

  /** All on one page: the request is bounded. */
  @PostMapping("/internal/users/mail-addresses")
  Page<MailAddressView> addresses(@Valid @RequestBody AskMailAddresses question) {
    return new Page<>(addresses.of(question.ids()), null);
  }
}
