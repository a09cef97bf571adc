/**
 * Pushes without Google's SDK: to the push service that a browser or a UnifiedPush distributor
 * names (RFC 8030), encrypted for the device (RFC 8291) and signed (RFC 8292).
 */
@NullMarked
package io.parley.notification.webpush;

import org.jspecify.annotations.NullMarked;
