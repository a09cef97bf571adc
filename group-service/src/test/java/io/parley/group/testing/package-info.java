/** What the tests of group-service share. */
@NullMarked
package io.parley.group.testing;

import org.jspecify.annotations.NullMarked;
