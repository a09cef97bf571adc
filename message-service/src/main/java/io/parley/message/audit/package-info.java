/** What is told to the audit trail. */
@NullMarked
package io.parley.message.audit;

import org.jspecify.annotations.NullMarked;
