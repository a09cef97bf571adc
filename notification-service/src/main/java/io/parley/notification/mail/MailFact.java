package io.parley.notification.mail;

/** What can be listed below a mail's first words, each with a label in {@code words.properties}. */
enum MailFact {
  /** An instant (ISO 8601). */
  WHEN("when"),
  DEVICE("device"),
  ADDRESS("address"),
  NAME("name"),
  BOT("bot"),
  SCOPES("scopes"),
  /** An instant (ISO 8601). */
  UNTIL("until"),
  CODES_LEFT("codesLeft");

  private final String value;

  MailFact(String value) {
    this.value = value;
  }

  /** The name of the value, and of the label. */
  String value() {
    return value;
  }
}
