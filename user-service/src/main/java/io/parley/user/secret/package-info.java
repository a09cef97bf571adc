/** Random texts that only their holder knows; here only their hashes are kept. */
@NullMarked
package io.parley.user.secret;

import org.jspecify.annotations.NullMarked;
