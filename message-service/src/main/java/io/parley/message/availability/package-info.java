/**
 * How users appear to one another: what they chose, what their clients say, who may see it, and who
 * is told.
 */
@NullMarked
package io.parley.message.availability;

import org.jspecify.annotations.NullMarked;
