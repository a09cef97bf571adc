package io.parley.notification.mail;

import java.util.List;

/** A part of a mail, one below the other. */
sealed interface MailBlock {

  /** A paragraph; the values that fill its gaps are set apart in HTML. */
  record Words(String text) implements MailBlock {}

  /** A short list of labels and values. */
  record Facts(List<Fact> facts) implements MailBlock {}

  /** A button, and the link itself for those whose program shows none. */
  record Button(String label, String link) implements MailBlock {}

  /**
   * @param value harmless already
   */
  record Fact(String label, String value) {}
}
