package io.parley.group.groups;

import io.parley.common.edge.Page;
import io.parley.common.groups.GroupPolicy;
import io.parley.common.ids.UserId;
import io.parley.common.images.Avatar;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.group.audit.Audit;
import io.parley.group.idempotency.Idempotency;
import io.parley.group.people.People;
import io.parley.group.roster.Group;
import io.parley.group.roster.GroupChange;
import io.parley.group.roster.GroupId;
import io.parley.group.roster.Membership;
import io.parley.group.roster.OwnGroup;
import io.parley.group.roster.Roster;
import io.parley.group.rules.Act;
import io.parley.group.rules.GroupProblem;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Making, finding, editing and ending groups. */
@Service
class Groups {

  private final Roster roster;
  private final AvatarStore avatars;
  private final People people;
  private final Idempotency idempotency;
  private final Audit audit;

  Groups(Roster roster, AvatarStore avatars, People people, Idempotency idempotency, Audit audit) {
    this.roster = roster;
    this.avatars = avatars;
    this.people = people;
    this.idempotency = idempotency;
    this.audit = audit;
  }

  /**
   * What somebody sees of a group.
   *
   * @param revision what an edit has to name
   */
  record Seen(GroupView view, long revision) {}

  /**
   * Makes a group whose owner is the creator.
   *
   * @throws ProblemException 403 {@code blocked}; 404 {@code unknown-user}; 409 {@code group-full},
   *     {@code idempotency-key-reused}
   */
  Seen create(
      UserId creator, String username, CreateGroup command, @Nullable String idempotencyKey) {
    Set<UserId> others = command.others(creator);
    return idempotency.run(
        creator,
        idempotencyKey,
        "POST /groups",
        command,
        Seen.class,
        () -> {
          roster.requireRoom(others.size() + 1);
          people.requireReachable(others, creator);
        },
        () -> {
          people.arrived(creator, username);
          return seen(creator, roster.create(group(command), creator, others).id());
        });
  }

  private Group group(CreateGroup command) {
    return new Group(
        command.name(),
        command.description() == null ? "" : command.description(),
        command.visibility() == null ? Group.Visibility.PRIVATE : command.visibility(),
        command.joining() == null ? Group.Joining.OPEN : command.joining(),
        command.policy(),
        roster.now());
  }

  /**
   * @throws ProblemException 404 {@code not-found} to strangers of a private group
   */
  @Transactional(readOnly = true)
  public Seen get(UserId caller, GroupId id) {
    return seen(caller, id);
  }

  private Seen seen(UserId caller, GroupId id) {
    Group group = roster.get(id);
    Optional<Membership> membership = roster.member(id, caller);
    if (membership.isEmpty() && !group.isPublic()) {
      throw new ProblemException(CommonProblem.NOT_FOUND, "No such group");
    }
    return new Seen(GroupView.of(group, membership.orElse(null)), group.revision());
  }

  /** The caller's groups, newest first. */
  @Transactional(readOnly = true)
  public Page<GroupView> list(UserId caller, int limit, @Nullable GroupId cursor) {
    List<OwnGroup> found = roster.groupsOf(caller, Optional.ofNullable(cursor), limit + 1);
    List<OwnGroup> items = found.subList(0, Math.min(limit, found.size()));
    return new Page<>(
        items.stream().map(GroupView::of).toList(),
        found.size() > limit ? items.getLast().group().id().toString() : null);
  }

  /** Public groups in whose name words begin with each word of the text, by name. */
  @Transactional(readOnly = true)
  public Page<GroupView> search(UserId caller, String query, int limit, @Nullable String cursor) {
    SearchCursor after = SearchCursor.parse(cursor);
    List<Group> found = roster.search(query, after.nameKey(), after.id(), limit + 1);
    List<Group> items = found.subList(0, Math.min(limit, found.size()));
    return new Page<>(
        items.stream()
            .map(group -> GroupView.of(group, roster.member(group.id(), caller).orElse(null)))
            .toList(),
        found.size() > limit ? SearchCursor.of(items.getLast()) : null);
  }

  /**
   * @param ifMatch the ETag of what the caller read
   * @throws ProblemException 403 {@code forbidden}; 404 {@code not-found}; 409 {@code
   *     group-archived}; 412 {@code edited-meanwhile}; 428 {@code if-match-required}
   */
  @Transactional
  public Seen edit(UserId caller, GroupId id, EditGroup command, @Nullable String ifMatch) {
    return roster.change(
        id,
        change -> {
          change.require(caller, Act.SEE);
          if (command.changesInfo()) {
            change.require(caller, Act.EDIT_INFO);
          }
          if (command.changesSettings()) {
            change.require(caller, Act.CHANGE_SETTINGS);
          }
          requireMatch(change.group(), ifMatch);
          if (apply(command, change.group())) {
            change.edited(caller);
            if (command.changesSettings()) {
              audit.record(caller, "group.settings.changed", "group", id, settings(change.group()));
            }
          }
          return seen(caller, id);
        });
  }

  private static void requireMatch(Group group, @Nullable String ifMatch) {
    if (ifMatch == null) {
      throw new ProblemException(GroupProblem.IF_MATCH_REQUIRED);
    }
    if (!ifMatch.equals(etag(group.revision()))) {
      throw new ProblemException(GroupProblem.EDITED_MEANWHILE);
    }
  }

  static String etag(long revision) {
    return "\"" + revision + "\"";
  }

  /** Answers whether anything is different now. */
  private static boolean apply(EditGroup command, Group group) {
    String name = command.name() == null ? group.name() : command.name();
    String description =
        command.description() == null ? group.description() : command.description();
    Group.Visibility visibility =
        command.visibility() == null ? group.visibility() : command.visibility();
    Group.Joining joining = command.joining() == null ? group.joining() : command.joining();
    GroupPolicy policy =
        command.settings() == null ? group.policy() : command.settings().over(group.policy());
    boolean changed =
        !name.equals(group.name())
            || !description.equals(group.description())
            || visibility != group.visibility()
            || joining != group.joining()
            || !policy.equals(group.policy());
    if (changed) {
      group.describe(name, description);
      group.open(visibility, joining);
      group.setPolicy(policy);
    }
    return changed;
  }

  private static Map<String, String> settings(Group group) {
    return Map.of(
        "visibility", group.visibility().name(),
        "joining", group.joining().name(),
        "policy", group.policy().toString());
  }

  /**
   * Makes the group one to read only, or undoes it.
   *
   * @throws ProblemException 403 {@code forbidden}; 404 {@code not-found}
   */
  @Transactional
  public Seen archive(UserId caller, GroupId id, boolean archived) {
    return roster.change(
        id,
        change -> {
          change.require(caller, Act.ARCHIVE);
          if (change.group().archived() != archived) {
            change.group().setArchived(archived);
            change.edited(caller);
            audit.record(
                caller, archived ? "group.archived" : "group.unarchived", "group", id, Map.of());
          }
          return seen(caller, id);
        });
  }

  /**
   * @throws ProblemException 403 {@code forbidden}; 404 {@code not-found}
   */
  @Transactional
  public void delete(UserId caller, GroupId id) {
    roster.change(
        id,
        change -> {
          change.require(caller, Act.DELETE);
          audit.record(caller, "group.deleted", "group", id, Map.of("name", change.group().name()));
          change.delete(caller);
          return id;
        });
  }

  /**
   * @param image null: the group has none any more
   * @throws ProblemException 403 {@code forbidden}; 404 {@code not-found}; 409 {@code
   *     group-archived}
   */
  @Transactional
  public Seen setAvatar(UserId caller, GroupId id, @Nullable Avatar image) {
    return roster.change(
        id,
        change -> {
          change.require(caller, Act.EDIT_INFO);
          if (image == null) {
            avatars.remove(id);
          } else {
            avatars.put(id, image.png());
          }
          retag(change, image == null ? null : image.tag(), caller);
          return seen(caller, id);
        });
  }

  private static void retag(GroupChange change, @Nullable String tag, UserId caller) {
    if (!Objects.equals(tag, change.group().avatarTag())) {
      change.group().setAvatarTag(tag);
      change.edited(caller);
    }
  }

  /**
   * Asked before a picture is unpacked, which is work.
   *
   * @throws ProblemException as {@link #setAvatar}
   */
  @Transactional
  public void requireMaySetAvatar(UserId caller, GroupId id) {
    roster.require(caller, id, Act.EDIT_INFO);
  }

  /**
   * The picture as PNG, and its tag.
   *
   * @throws ProblemException 404 {@code not-found}
   */
  @Transactional(readOnly = true)
  public Avatar avatar(UserId caller, GroupId id) {
    String tag = seen(caller, id).view().avatar();
    byte[] png = avatars.find(id).orElse(null);
    if (tag == null || png == null) {
      throw new ProblemException(CommonProblem.NOT_FOUND, "The group has no avatar");
    }
    return new Avatar(png, tag);
  }
}
