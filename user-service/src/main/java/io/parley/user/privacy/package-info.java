/** What an account lets others see of it. */
@NullMarked
package io.parley.user.privacy;

import org.jspecify.annotations.NullMarked;
