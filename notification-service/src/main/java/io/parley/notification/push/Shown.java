package io.parley.notification.push;

import org.jspecify.annotations.Nullable;

/**
 * What a notification says on the screen.
 *
 * @param body null: there is only a title
 * @param language of the words that are not people's own: a BCP 47 tag
 */
public record Shown(String title, @Nullable String body, String language) {}
