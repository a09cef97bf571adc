/** How accounts look to others: profiles, search, and what other services ask. */
@NullMarked
package io.parley.user.people;

import org.jspecify.annotations.NullMarked;
