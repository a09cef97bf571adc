/** Groups as such: making, finding, editing, ending them. */
@NullMarked
package io.parley.group.groups;

import org.jspecify.annotations.NullMarked;
