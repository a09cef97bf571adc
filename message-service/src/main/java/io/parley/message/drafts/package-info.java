/** What a member has begun to write, on whatever device. */
@NullMarked
package io.parley.message.drafts;

import org.jspecify.annotations.NullMarked;
