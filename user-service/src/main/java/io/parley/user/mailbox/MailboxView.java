package io.parley.user.mailbox;

/**
 * What a mail to somebody needs, and nothing more.
 *
 * @param locale BCP 47
 * @param recipient goes along with the mail and comes back if it bounces; nobody else can read it
 */
record MailboxView(String email, String displayName, String locale, String recipient) {}
