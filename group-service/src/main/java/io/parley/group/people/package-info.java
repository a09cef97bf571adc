/** Names of users, copied from user-service so that members can be listed and searched by them. */
@NullMarked
package io.parley.group.people;

import org.jspecify.annotations.NullMarked;
