package io.parley.group.groups;

/**
 * A group as one of its members has it.
 *
 * @param role the member's
 */
record OwnGroup(Group group, Role role) {}
