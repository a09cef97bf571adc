/**
 * What a member sets for a conversation, for their own eyes: mute, archive, pin, mark as unread.
 */
@NullMarked
package io.parley.message.settings;

import org.jspecify.annotations.NullMarked;
