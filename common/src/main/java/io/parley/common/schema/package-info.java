/** The schema of a service's store as numbered versions, applied at the start or by a command. */
@NullMarked
package io.parley.common.schema;

import org.jspecify.annotations.NullMarked;
