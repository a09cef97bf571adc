/** How long messages stay in a conversation. */
@NullMarked
package io.parley.message.disappearing;

import org.jspecify.annotations.NullMarked;
