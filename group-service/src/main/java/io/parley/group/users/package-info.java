/** What group-service asks user-service. */
@NullMarked
package io.parley.group.users;

import org.jspecify.annotations.NullMarked;
