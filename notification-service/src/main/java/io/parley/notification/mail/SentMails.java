package io.parley.notification.mail;

import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Service;

/** Mails that were handed in, for those who hear what became of them. */
@Service
public class SentMails {

  private final MailRecords records;

  SentMails(MailRecords records) {
    this.records = records;
  }

  /** Whose the mail is, in user-service's words; empty when that is not known, or no more. */
  public Optional<String> recipient(UUID mail) {
    return records.recipient(mail);
  }
}
