/** The members of a group: coming, going, and what they are. */
@NullMarked
package io.parley.group.members;

import org.jspecify.annotations.NullMarked;
