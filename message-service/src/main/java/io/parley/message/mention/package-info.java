/** Who is mentioned in a message: found when it is stored, counted while it is unread. */
@NullMarked
package io.parley.message.mention;

import org.jspecify.annotations.NullMarked;
