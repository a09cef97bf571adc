package io.parley.message.groups;

import io.parley.common.groups.GroupPolicy;
import io.parley.common.ids.UserId;
import io.parley.message.conversation.Conversation;
import io.parley.message.conversation.Member;
import java.util.ArrayList;
import java.util.List;

/**
 * What one event of the log tells about a group.
 *
 * @param group as it is then
 * @param live false: it is no more
 * @param key names the event: the same step, taken again, is the same event
 * @param history what those who are added see of the time before
 * @param rulesChanged whether name, rules or archived may be others than before
 */
record GroupStep(
    Conversation group,
    boolean live,
    long version,
    String key,
    UserId actor,
    String change,
    List<Member> added,
    List<Member> removed,
    List<Member> updated,
    GroupPolicy.History history,
    boolean rulesChanged) {

  boolean hidesThePast() {
    return history == GroupPolicy.History.FROM_JOINING;
  }

  boolean saysNothing() {
    return added.isEmpty() && removed.isEmpty() && updated.isEmpty() && !rulesChanged;
  }

  List<UserId> joined() {
    return users(added);
  }

  static List<UserId> users(List<Member> members) {
    return members.stream().map(Member::user).toList();
  }

  /** One that only writes these members. */
  GroupStep ofUnchanged(List<Member> members) {
    return new GroupStep(
        group, live, version, key, actor, change, List.of(), List.of(), members, history, false);
  }

  /** The same in steps of at most so many members each, as an event must fit into a frame. */
  List<GroupStep> parts(int most) {
    List<GroupStep> parts = new ArrayList<>();
    int longest = Math.max(added.size(), Math.max(removed.size(), updated.size()));
    for (int from = 0; from < longest || parts.isEmpty(); from += most) {
      parts.add(
          new GroupStep(
              group,
              live,
              version,
              key + " " + parts.size(),
              actor,
              change,
              part(added, from, most),
              part(removed, from, most),
              part(updated, from, most),
              history,
              rulesChanged));
    }
    return parts;
  }

  private static List<Member> part(List<Member> members, int from, int most) {
    return members.subList(Math.min(from, members.size()), Math.min(from + most, members.size()));
  }
}
