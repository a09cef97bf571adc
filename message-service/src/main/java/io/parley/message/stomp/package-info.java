/** The frames of STOMP 1.2 as bytes, read and written; what they mean is not known here. */
@NullMarked
package io.parley.message.stomp;

import org.jspecify.annotations.NullMarked;
