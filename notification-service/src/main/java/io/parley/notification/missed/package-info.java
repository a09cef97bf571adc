/** Consumes missed messages and sees to it that each becomes pushes, or a dead letter. */
@NullMarked
package io.parley.notification.missed;

import org.jspecify.annotations.NullMarked;
