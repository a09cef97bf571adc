/** Between nodes: one publish for each event, however many members and nodes there are. */
@NullMarked
package io.parley.message.bus;

import org.jspecify.annotations.NullMarked;
