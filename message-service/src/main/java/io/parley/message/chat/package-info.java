/**
 * What a member does in a conversation: send, read back and catch up, delete, mark as read, type.
 */
@NullMarked
package io.parley.message.chat;

import org.jspecify.annotations.NullMarked;
