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

  /** What is unread, a conversation each. */
  record Passages(List<Passage> passages) implements MailBlock {}

  /** A link that is not what the mail is about. */
  record SmallLink(String label, String link) implements MailBlock {}

  /**
   * @param title harmless already, and so are the lines
   */
  record Passage(String title, List<String> lines) {}

  /**
   * @param value harmless already
   */
  record Fact(String label, String value) {}
}
