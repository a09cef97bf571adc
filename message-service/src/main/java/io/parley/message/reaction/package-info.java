/** Reactions to messages: one emoji of one member, as often as they like, each once. */
@NullMarked
package io.parley.message.reaction;

import org.jspecify.annotations.NullMarked;
