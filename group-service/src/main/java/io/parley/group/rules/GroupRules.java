package io.parley.group.rules;

import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.groups.GroupRole;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Who may do what in one group. Every decision of this service is made here, from values alone.
 *
 * <ul>
 *   <li>A permission is had by role, unless it was decided otherwise for the one member; the owner
 *       has all.
 *   <li>Nobody acts on an equal or a higher role; the owner acts on everybody.
 *   <li>Nobody gives what they do not have: a role that is not below their own, a permission they
 *       lack.
 * </ul>
 */
public final class GroupRules {

  private final GroupPolicy policy;
  private final boolean archived;

  public GroupRules(GroupPolicy policy, boolean archived) {
    this.policy = policy;
    this.archived = archived;
  }

  /** Whether the member has what the act takes, whatever the state of the group. */
  public boolean may(Standing actor, Act act) {
    GroupPermission permission = act.permission();
    return permission == null
        ? actor.role().atLeast(act.lowest())
        : policy.allows(actor.role(), actor.overrides(), permission);
  }

  public boolean mayActOn(Standing actor, Standing target, Act act) {
    return may(actor, act)
        && !actor.user().equals(target.user())
        && actor.role().above(target.role());
  }

  /** Whether the member may let others in with this role. */
  public boolean mayGive(Standing actor, GroupRole role) {
    return role == GroupRole.MEMBER || (may(actor, Act.CHANGE_ROLE) && actor.role().above(role));
  }

  /** The permissions that the member has. */
  public List<GroupPermission> permissions(Standing member) {
    return Arrays.stream(GroupPermission.values())
        .filter(permission -> policy.allows(member.role(), member.overrides(), permission))
        .toList();
  }

  /**
   * @throws ProblemException 403 {@code forbidden}; 409 {@code group-archived}
   */
  public void require(Standing actor, Act act) {
    if (!may(actor, act)) {
      throw forbidden("Your role does not allow this");
    }
    if (archived && !act.inArchived()) {
      throw new ProblemException(GroupProblem.GROUP_ARCHIVED);
    }
  }

  /**
   * @throws ProblemException as {@link #require}
   */
  public void requireOn(Standing actor, Standing target, Act act) {
    require(actor, act);
    if (!mayActOn(actor, target, act)) {
      throw forbidden("Nobody acts on themselves, or on an equal or a higher role");
    }
  }

  /**
   * @throws ProblemException 403 {@code forbidden}
   */
  public void requireGivable(Standing actor, GroupRole role) {
    if (!mayGive(actor, role)) {
      throw forbidden("Only a role below your own can be given");
    }
  }

  /**
   * @throws ProblemException 403 {@code forbidden}
   */
  public void requireGivable(Standing actor, Map<GroupPermission, Boolean> overrides) {
    for (Map.Entry<GroupPermission, Boolean> override : overrides.entrySet()) {
      if (override.getValue()
          && !policy.allows(actor.role(), actor.overrides(), override.getKey())) {
        throw forbidden("Only permissions that you have can be given");
      }
    }
  }

  private static ProblemException forbidden(String detail) {
    return new ProblemException(CommonProblem.FORBIDDEN, detail);
  }
}
