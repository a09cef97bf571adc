/** What the tests of user-service share. */
@NullMarked
package io.parley.user.testing;

import org.jspecify.annotations.NullMarked;
