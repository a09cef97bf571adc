package io.parley.group.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.parley.common.groups.GroupPermission;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.groups.GroupRole;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.problems.ProblemType;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GroupRulesTest {

  private final GroupRules usual = new GroupRules(GroupPolicy.USUAL, false);

  /** The lowest role that may, in a group that has decided nothing. */
  @ParameterizedTest
  @CsvSource({
    "SEE,                MEMBER",
    "EDIT_INFO,          ADMIN",
    "CHANGE_SETTINGS,    ADMIN",
    "ARCHIVE,            OWNER",
    "DELETE,             OWNER",
    "TRANSFER_OWNERSHIP, OWNER",
    "CHANGE_ROLE,        ADMIN",
    "CHANGE_OVERRIDES,   ADMIN",
    "ADD_MEMBERS,        ADMIN",
    "INVITE,             ADMIN",
    "REMOVE_MEMBER,      MODERATOR",
    "MUTE,               MODERATOR",
    "BAN,                MODERATOR",
    "SEE_REPORTS,        MODERATOR",
  })
  void mayShouldGoByRole(Act act, GroupRole lowest) {
    for (GroupRole role : GroupRole.values()) {
      assertThat(usual.may(member(role), act)).as("%s", role).isEqualTo(role.atLeast(lowest));
    }
  }

  @Test
  void mayShouldFollowTheTableOfTheGroup() {
    GroupRules open = rules(Map.of(GroupPermission.INVITE, GroupRole.MEMBER), false);
    GroupRules strict = rules(Map.of(GroupPermission.MODERATE, GroupRole.OWNER), false);

    assertThat(open.may(member(GroupRole.MEMBER), Act.INVITE)).isTrue();
    assertThat(strict.may(member(GroupRole.ADMIN), Act.BAN)).isFalse();
    assertThat(strict.may(member(GroupRole.OWNER), Act.BAN)).isTrue();
  }

  @Test
  void mayShouldPreferWhatWasDecidedForTheMember() {
    Standing trusted = member(GroupRole.MEMBER, Map.of(GroupPermission.INVITE, true));
    Standing distrusted = member(GroupRole.ADMIN, Map.of(GroupPermission.INVITE, false));
    Standing owner = member(GroupRole.OWNER, Map.of(GroupPermission.INVITE, false));

    assertThat(usual.may(trusted, Act.INVITE)).isTrue();
    assertThat(usual.may(distrusted, Act.INVITE)).isFalse();
    assertThat(usual.may(owner, Act.INVITE)).isTrue();
    assertThat(usual.may(trusted, Act.CHANGE_ROLE)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Act.class)
  void nobodyShouldActOnAnEqualOrHigherRole(Act act) {
    for (GroupRole actor : GroupRole.values()) {
      for (GroupRole target : GroupRole.values()) {
        Standing one = member(actor, everything());
        Standing other = member(target);
        assertThat(usual.mayActOn(one, other, act))
            .as("%s on %s", actor, target)
            .isEqualTo(usual.may(one, act) && actor.above(target));
      }
    }
  }

  @Test
  void nobodyShouldActOnThemselves() {
    Standing owner = member(GroupRole.OWNER);

    assertThat(usual.mayActOn(owner, owner, Act.BAN)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "OWNER,     ADMIN,     true",
    "OWNER,     OWNER,     false",
    "ADMIN,     ADMIN,     false",
    "ADMIN,     MODERATOR, true",
    "MODERATOR, MODERATOR, false",
    "MODERATOR, MEMBER,    true",
    "MEMBER,    MEMBER,    true",
    "MEMBER,    MODERATOR, false",
  })
  void mayGiveShouldKeepBelowOnesOwnRole(GroupRole actor, GroupRole given, boolean may) {
    assertThat(usual.mayGive(member(actor), given)).isEqualTo(may);
  }

  @Test
  void nobodyShouldGiveAPermissionTheyLack() {
    Standing admin = member(GroupRole.ADMIN, Map.of(GroupPermission.PIN, false));

    usual.requireGivable(admin, Map.of(GroupPermission.INVITE, true, GroupPermission.PIN, false));
    refused(
        CommonProblem.FORBIDDEN,
        () -> usual.requireGivable(admin, Map.of(GroupPermission.PIN, true)));
  }

  @ParameterizedTest
  @EnumSource(Act.class)
  void anArchivedGroupShouldAllowOnlyWhatKeepsItAsItIs(Act act) {
    GroupRules archived = rules(Map.of(), true);
    Standing owner = member(GroupRole.OWNER);

    if (act.inArchived()) {
      archived.require(owner, act);
    } else {
      refused(GroupProblem.GROUP_ARCHIVED, () -> archived.require(owner, act));
    }
    assertThat(act.inArchived())
        .isEqualTo(
            switch (act) {
              case SEE, ARCHIVE, DELETE, TRANSFER_OWNERSHIP, REMOVE_MEMBER, BAN, SEE_REPORTS ->
                  true;
              default -> false;
            });
  }

  private static void refused(ProblemType type, Runnable call) {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(call::run)
        .satisfies(e -> assertThat(e.type()).isEqualTo(type));
  }

  private static GroupRules rules(Map<GroupPermission, GroupRole> table, boolean archived) {
    return new GroupRules(new GroupPolicy(table, 0, 0, GroupPolicy.History.ALL), archived);
  }

  private static Map<GroupPermission, Boolean> everything() {
    return Arrays.stream(GroupPermission.values())
        .collect(Collectors.toMap(permission -> permission, permission -> true));
  }

  private static Standing member(GroupRole role) {
    return member(role, Map.of());
  }

  private static Standing member(GroupRole role, Map<GroupPermission, Boolean> overrides) {
    return new Standing(new UserId(UUID.randomUUID()), role, overrides);
  }
}
