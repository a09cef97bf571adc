/** Follows group-service: its events, what is missing of them, and the reconciliation. */
@NullMarked
package io.parley.message.groups;

import org.jspecify.annotations.NullMarked;
