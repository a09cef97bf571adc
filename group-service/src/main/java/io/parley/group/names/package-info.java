/** What names are found by, of rows that were written without. */
@NullMarked
package io.parley.group.names;

import org.jspecify.annotations.NullMarked;
