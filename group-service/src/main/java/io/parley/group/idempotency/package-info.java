/** Repeated POSTs: the same Idempotency-Key gives the same answer. */
@NullMarked
package io.parley.group.idempotency;

import org.jspecify.annotations.NullMarked;
