package io.parley.notification.mail;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A mail in its final words.
 *
 * @param id of the request: the Message-ID comes from it, so that a mail which is sent twice after
 *     all can be recognised
 * @param language of the words, for {@code Content-Language}
 * @param html the same as the text
 * @param list what such mails are called, of those that can be ended; null: the others
 * @param unsubscribe where one click ends such mails; null: they can not be ended
 */
record Letter(
    UUID id,
    String to,
    String language,
    String subject,
    String text,
    String html,
    @Nullable String list,
    @Nullable String unsubscribe) {}
