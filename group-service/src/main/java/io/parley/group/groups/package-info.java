/** Groups and their members. */
@NullMarked
package io.parley.group.groups;

import org.jspecify.annotations.NullMarked;
