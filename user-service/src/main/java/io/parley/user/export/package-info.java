/** All that the fleet holds on an account, as one archive. */
@NullMarked
package io.parley.user.export;

import org.jspecify.annotations.NullMarked;
