/** Who may do what in a group: values in, decisions out. */
@NullMarked
package io.parley.group.rules;

import org.jspecify.annotations.NullMarked;
