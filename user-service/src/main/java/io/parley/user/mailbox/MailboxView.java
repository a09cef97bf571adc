package io.parley.user.mailbox;

/**
 * What a mail to somebody needs, and nothing more.
 *
 * @param locale BCP 47
 */
record MailboxView(String email, String displayName, String locale) {}
