/** What a member of a group may do: decided alike by group-service and message-service. */
@NullMarked
package io.parley.common.groups;

import org.jspecify.annotations.NullMarked;
