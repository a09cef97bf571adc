package io.parley.notification.push;

import org.jspecify.annotations.Nullable;

/**
 * What there is to say of a message; how it is said is the device's matter.
 *
 * @param conversationName null when the conversation has none, as two people's
 * @param text the beginning of what was written; null when the user wants no preview
 */
public record Words(@Nullable String conversationName, String senderName, @Nullable String text) {}
