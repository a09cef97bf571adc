package io.parley.notification.mail;

import java.util.UUID;

/**
 * A mail in its final words.
 *
 * @param id of the request: the Message-ID comes from it, so that a mail which is sent twice after
 *     all can be recognised
 * @param language of the words, for {@code Content-Language}
 * @param html the same as the text
 */
record Letter(UUID id, String to, String language, String subject, String text, String html) {}
