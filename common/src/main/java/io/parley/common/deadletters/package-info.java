/** What a service could not do after all tries, for an operator to look at, and to do or drop. */
@NullMarked
package io.parley.common.deadletters;

import org.jspecify.annotations.NullMarked;
