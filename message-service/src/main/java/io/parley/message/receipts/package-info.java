/** How far members have received and read conversations, as far as the others may see it. */
@NullMarked
package io.parley.message.receipts;

import org.jspecify.annotations.NullMarked;
