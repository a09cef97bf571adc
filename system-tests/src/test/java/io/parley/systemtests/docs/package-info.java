/** Pages that are made from the code, and tested against it. */
@NullMarked
package io.parley.systemtests.docs;

import org.jspecify.annotations.NullMarked;
