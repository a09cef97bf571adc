package io.parley.notification.bounce;

import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.search.FlagTerm;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The mailbox that bounces come to, where there is one. Several nodes may read it at once: what
 * each finds is the same, and told once.
 */
@Component
class ImapMailbox {

  private static final Logger log = LoggerFactory.getLogger(ImapMailbox.class);

  /** At a time; the rest waits for the next. */
  private static final int BATCH = 100;

  /** A bounce that returns a whole mail of ours is smaller. */
  private static final int MAX_BYTES = 1_000_000;

  private final BounceProperties.Mailbox mailbox;
  private final DsnReader reader;
  private final Bounces bounces;
  private volatile boolean failing;

  ImapMailbox(BounceProperties properties, DsnReader reader, Bounces bounces) {
    this.mailbox = properties.mailbox();
    this.reader = reader;
    this.bounces = bounces;
  }

  @Scheduled(
      initialDelayString = "${parley.bounces.mailbox.every:1m}",
      fixedDelayString = "${parley.bounces.mailbox.every:1m}")
  void look() {
    if (!mailbox.isOn()) {
      return;
    }
    try {
      readAll();
      if (failing) {
        failing = false;
        log.info("the mailbox of bounces is read again");
      }
    } catch (MessagingException | IOException | RuntimeException e) {
      if (!failing) {
        failing = true;
        log.warn("the mailbox of bounces can not be read: {}", e.toString());
      }
    }
  }

  private void readAll() throws MessagingException, IOException {
    Session session = Session.getInstance(mailbox.javaMail());
    try (Store store = session.getStore(mailbox.protocol())) {
      store.connect(mailbox.host(), mailbox.port(), mailbox.user(), mailbox.password());
      try (Folder folder = store.getFolder(mailbox.folder())) {
        folder.open(Folder.READ_WRITE);
        Message[] unseen = folder.search(new FlagTerm(new Flags(Flags.Flag.SEEN), false));
        for (Message message : Arrays.copyOf(unseen, Math.min(unseen.length, BATCH))) {
          read(message);
        }
      }
    }
  }

  /** Flagged only once it was told, so that a failure leaves it for the next time. */
  private void read(Message message) throws MessagingException, IOException {
    Optional<DeliveryReport> report = Optional.empty();
    if (message.getSize() <= MAX_BYTES) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      message.writeTo(bytes);
      report = reader.read(bytes.toByteArray());
    }
    if (report.isPresent()) {
      bounces.take(report.get());
      message.setFlag(Flags.Flag.DELETED, true);
    } else {
      bounces.unreadable();
    }
    message.setFlag(Flags.Flag.SEEN, true);
  }
}
