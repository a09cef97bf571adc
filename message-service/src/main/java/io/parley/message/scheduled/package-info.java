/** Messages that are sent later, at a time that their author has chosen. */
@NullMarked
package io.parley.message.scheduled;

import org.jspecify.annotations.NullMarked;
