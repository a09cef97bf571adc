/** What group-service holds of an account: handed out, or erased. */
@NullMarked
package io.parley.group.erasure;

import org.jspecify.annotations.NullMarked;
