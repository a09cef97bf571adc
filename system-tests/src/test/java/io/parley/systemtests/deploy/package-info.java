/** What is in {@code deploy} and is not code: read as those who run it read it. */
@NullMarked
package io.parley.systemtests.deploy;

import org.jspecify.annotations.NullMarked;
