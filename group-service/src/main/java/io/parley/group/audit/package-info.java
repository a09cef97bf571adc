/** Who did what to whom, for the audit trail. */
@NullMarked
package io.parley.group.audit;

import org.jspecify.annotations.NullMarked;
