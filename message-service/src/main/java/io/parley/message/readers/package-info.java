/** Who has received and read a message. */
@NullMarked
package io.parley.message.readers;

import org.jspecify.annotations.NullMarked;
