package io.parley.group.members;

import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupRole;
import jakarta.validation.constraints.AssertTrue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is absent stays.
 *
 * @param role not owner: ownership is transferred
 * @param overrides all of the member's own permissions from now on; what is not named goes by role
 */
record EditMember(@Nullable GroupRole role, @Nullable Map<GroupPermission, Boolean> overrides) {

  @AssertTrue(message = "ownership is transferred: PUT /groups/{id}/owner")
  boolean isForMembers() {
    return role != GroupRole.OWNER;
  }

  @AssertTrue(message = "a permission needs true or false")
  boolean isComplete() {
    return overrides == null || !overrides.containsValue(null);
  }
}
