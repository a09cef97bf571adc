package io.parley.group.groups;

import java.time.Instant;

/**
 * A group in the list of one's own: without its members, who may be thousands.
 *
 * @param role the reader's
 */
record OwnGroupView(
    GroupId id,
    String name,
    String description,
    long version,
    Instant createdAt,
    Role role,
    int memberCount) {

  static OwnGroupView of(OwnGroup own) {
    Group group = own.group();
    return new OwnGroupView(
        group.id(),
        group.name(),
        group.description(),
        group.version(),
        group.createdAt(),
        own.role(),
        group.memberCount());
  }
}
