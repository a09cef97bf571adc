/** Who did what to whom, when and from where: kept for good, and said in the log. */
@NullMarked
package io.parley.user.audit;

import org.jspecify.annotations.NullMarked;
