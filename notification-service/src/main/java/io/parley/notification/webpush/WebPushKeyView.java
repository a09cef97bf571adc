package io.parley.notification.webpush;

import org.jspecify.annotations.Nullable;

/**
 * @param publicKey what a browser subscribes with ({@code applicationServerKey}): a point of P-256,
 *     base64url; null: there is no Web Push here
 */
record WebPushKeyView(@Nullable String publicKey) {}
