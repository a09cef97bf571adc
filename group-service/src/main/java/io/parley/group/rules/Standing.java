package io.parley.group.rules;

import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import java.util.Map;

/**
 * What a member is in a group.
 *
 * @param overrides what was decided for this member, whatever the role
 */
public record Standing(UserId user, GroupRole role, Map<GroupPermission, Boolean> overrides) {}
