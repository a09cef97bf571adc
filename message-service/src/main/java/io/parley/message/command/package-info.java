/** What clients can have done by a SEND frame. */
@NullMarked
package io.parley.message.command;

import org.jspecify.annotations.NullMarked;
