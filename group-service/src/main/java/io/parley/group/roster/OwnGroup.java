package io.parley.group.roster;

/** A group as one of its members has it. */
public record OwnGroup(Group group, Membership membership) {}
