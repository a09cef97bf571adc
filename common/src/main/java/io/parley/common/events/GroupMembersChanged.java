package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Published by group-service on {@link #EXCHANGE} with the routing key {@code group.<groupId>}.
 *
 * @param version grows by one with each change of the group, so that a reader can order, ignore
 *     repeats and see gaps
 * @param name the group's name after the change
 * @param changes the members that changed; on CREATED the first of them, a big group goes on with
 *     MEMBERS_ADDED. Empty on UPDATED
 * @param actor who did it
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record GroupMembersChanged(
    UUID groupId,
    long version,
    String name,
    Kind kind,
    List<Member> changes,
    UserId actor,
    Instant at) {

  /** A durable topic exchange. */
  public static final String EXCHANGE = "parley.groups";

  /** What happened to the group. */
  public enum Kind {
    CREATED,
    MEMBERS_ADDED,
    MEMBERS_REMOVED,
    UPDATED,
    DELETED
  }

  /**
   * @param role owner, admin, moderator or member
   * @param active false: no longer a member from this version on
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Member(UserId userId, String role, boolean active) {}
}
