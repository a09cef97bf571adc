package io.parley.user.mailbox;

import io.parley.common.access.CalledBy;
import io.parley.common.access.FleetService;
import io.parley.common.ids.UserId;
import jakarta.validation.Valid;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

/** For notification-service, which writes mails of what was missed. */
@RestController
@CalledBy(FleetService.NOTIFICATION_SERVICE)
class MailboxController {

  private final Mailboxes mailboxes;

  MailboxController(Mailboxes mailboxes) {
    this.mailboxes = mailboxes;
  }

  /** 204 when there is no such user, or none to write to. */
  @PostMapping("/internal/users/{id}/mailbox")
  ResponseEntity<MailboxView> disclose(
      @PathVariable UserId id, @Valid @RequestBody AskMailbox question) {
    return mailboxes
        .disclose(id, question.purpose())
        .map(ResponseEntity::ok)
        .orElseGet(() -> ResponseEntity.noContent().build());
  }
}
