/** Conversations, their members and their read markers, as this service knows them. */
@NullMarked
package io.parley.message.conversation;

import org.jspecify.annotations.NullMarked;
