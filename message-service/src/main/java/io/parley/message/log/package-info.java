/** The conversation log: one gap-free sequence of events for each conversation. */
@NullMarked
package io.parley.message.log;

import org.jspecify.annotations.NullMarked;
