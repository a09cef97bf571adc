/** RFC 9457 problem details: every refusal of every service has the same shape. */
@NullMarked
package io.parley.common.problems;

import org.jspecify.annotations.NullMarked;
