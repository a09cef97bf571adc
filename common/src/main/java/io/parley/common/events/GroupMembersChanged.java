package io.parley.common.events;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Published by group-service on {@link #EXCHANGE} with the routing key {@code group.<groupId>}.
 *
 * @param version grows by one with each change of the group, so that a reader can order, ignore
 *     repeats and see gaps
 * @param name the group's name after the change
 * @param changes the members that changed; on CREATED the first of them, a big group goes on with
 *     MEMBERS_ADDED. Empty on UPDATED and DELETED
 * @param actor who did it
 * @param policy the group's rules after the change; null is {@link GroupPolicy#USUAL}
 * @param archived whether the group can only be read
 * @param deleteMessages what somebody has written in the group and is to be deleted; null: nothing
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record GroupMembersChanged(
    UUID groupId,
    long version,
    String name,
    Kind kind,
    List<Member> changes,
    UserId actor,
    Instant at,
    @Nullable GroupPolicy policy,
    boolean archived,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable DeleteMessages deleteMessages) {

  /** With nothing to be deleted. */
  public GroupMembersChanged(
      UUID groupId,
      long version,
      String name,
      Kind kind,
      List<Member> changes,
      UserId actor,
      Instant at,
      @Nullable GroupPolicy policy,
      boolean archived) {
    this(groupId, version, name, kind, changes, actor, at, policy, archived, null);
  }

  /** A durable topic exchange. */
  public static final String EXCHANGE = "parley.groups";

  /** What happened to the group. */
  public enum Kind {
    CREATED,
    MEMBERS_ADDED,
    MEMBERS_REMOVED,
    /** Role, mute or own permissions of members. */
    MEMBERS_UPDATED,
    /** Name, rules, archived or not. */
    UPDATED,
    DELETED
  }

  /**
   * @param author whose messages
   * @param since those that are not older; null: all
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record DeleteMessages(UserId author, @Nullable Instant since) {}

  /**
   * @param active false: no longer a member from this version on
   * @param mutedUntil until when the member may not write; null: is not muted
   * @param overrides what was decided for this member whatever the role; null: nothing
   */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record Member(
      UserId userId,
      GroupRole role,
      boolean active,
      @Nullable Instant mutedUntil,
      @Nullable Map<GroupPermission, Boolean> overrides) {}
}
