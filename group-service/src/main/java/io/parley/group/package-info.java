/** group-service: which groups there are, who is in them, and telling the fleet of each change. */
@NullMarked
package io.parley.group;

import org.jspecify.annotations.NullMarked;
