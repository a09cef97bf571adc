/** What is held on one user: its export and its erasure. */
@NullMarked
package io.parley.message.privacy;

import org.jspecify.annotations.NullMarked;
