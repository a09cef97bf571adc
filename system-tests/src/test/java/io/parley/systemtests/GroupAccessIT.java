package io.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.message.Http.Answer;
import io.parley.systemtests.GroupOperations.Operation;
import io.parley.systemtests.GroupOperations.Scene;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Who may do what in a group: every operation, by everybody, through the gateway. */
class GroupAccessIT {

  /**
   * What each of them is answered: ok, or the problem's slug. Each cell is tried in a group of its
   * own, private unless the row says public, in which nothing was decided otherwise. "Somebody" is
   * a plain member.
   */
  private static final String TABLE =
      """
      operation                       | stranger             | banned               | member               | moderator            | admin                | owner
      see the group                   | not-found            | not-found            | ok                   | ok                   | ok                   | ok
      see a public group              | ok                   | ok                   | ok                   | ok                   | ok                   | ok
      list members                    | not-found            | not-found            | ok                   | ok                   | ok                   | ok
      list members of a public group  | forbidden            | forbidden            | ok                   | ok                   | ok                   | ok
      see somebody                    | not-found            | not-found            | ok                   | ok                   | ok                   | ok
      see oneself                     | not-found            | not-found            | ok                   | ok                   | ok                   | ok
      rename                          | not-found            | not-found            | forbidden            | forbidden            | ok                   | ok
      change settings                 | not-found            | not-found            | forbidden            | forbidden            | ok                   | ok
      set an avatar that is none      | not-found            | not-found            | forbidden            | forbidden            | unsupported-image    | unsupported-image
      remove the avatar               | not-found            | not-found            | forbidden            | forbidden            | ok                   | ok
      archive                         | not-found            | not-found            | forbidden            | forbidden            | forbidden            | ok
      unarchive                       | not-found            | not-found            | forbidden            | forbidden            | forbidden            | ok
      delete                          | not-found            | not-found            | forbidden            | forbidden            | forbidden            | ok
      add an outsider                 | not-found            | not-found            | forbidden            | forbidden            | ok                   | ok
      join                            | not-found            | not-found            | ok                   | ok                   | ok                   | ok
      join a public group             | ok                   | banned               | ok                   | ok                   | ok                   | ok
      remove somebody                 | not-found            | not-found            | forbidden            | ok                   | ok                   | ok
      remove the owner                | not-found            | not-found            | forbidden            | forbidden            | forbidden            | owner-must-transfer
      leave                           | not-found            | not-found            | ok                   | ok                   | ok                   | owner-must-transfer
      make somebody moderator         | not-found            | not-found            | forbidden            | forbidden            | ok                   | ok
      make somebody admin             | not-found            | not-found            | forbidden            | forbidden            | forbidden            | ok
      demote the owner                | not-found            | not-found            | forbidden            | forbidden            | forbidden            | forbidden
      let somebody pin                | not-found            | not-found            | forbidden            | forbidden            | ok                   | ok
      mute somebody                   | not-found            | not-found            | forbidden            | ok                   | ok                   | ok
      unmute somebody                 | not-found            | not-found            | forbidden            | ok                   | ok                   | ok
      transfer ownership              | not-found            | not-found            | forbidden            | forbidden            | forbidden            | ok
      make a link                     | not-found            | not-found            | forbidden            | forbidden            | ok                   | ok
      list links                      | not-found            | not-found            | forbidden            | forbidden            | ok                   | ok
      revoke a link                   | not-found            | not-found            | forbidden            | forbidden            | ok                   | ok
      preview a link                  | ok                   | banned               | ok                   | ok                   | ok                   | ok
      redeem a link                   | ok                   | banned               | ok                   | ok                   | ok                   | ok
      invite an outsider              | not-found            | not-found            | forbidden            | forbidden            | ok                   | ok
      list invitations                | not-found            | not-found            | forbidden            | forbidden            | ok                   | ok
      withdraw an invitation          | not-found            | not-found            | forbidden            | forbidden            | ok                   | ok
      accept one's invitation         | ok                   | not-found            | not-found            | not-found            | not-found            | not-found
      decline one's invitation        | ok                   | not-found            | not-found            | not-found            | not-found            | not-found
      ask to join                     | not-found            | not-found            | conflict             | conflict             | conflict             | conflict
      ask to join a public group      | ok                   | banned               | conflict             | conflict             | conflict             | conflict
      list requests                   | not-found            | not-found            | forbidden            | forbidden            | ok                   | ok
      approve a request               | not-found            | not-found            | forbidden            | forbidden            | ok                   | ok
      decline a request               | not-found            | not-found            | forbidden            | forbidden            | ok                   | ok
      ban somebody                    | not-found            | not-found            | forbidden            | ok                   | ok                   | ok
      ban an outsider                 | not-found            | not-found            | forbidden            | ok                   | ok                   | ok
      unban                           | not-found            | not-found            | forbidden            | ok                   | ok                   | ok
      list bans                       | not-found            | not-found            | forbidden            | ok                   | ok                   | ok
      report somebody                 | not-found            | not-found            | ok                   | ok                   | ok                   | ok
      list reports                    | not-found            | not-found            | forbidden            | ok                   | ok                   | ok
      decide a report                 | not-found            | not-found            | forbidden            | ok                   | ok                   | ok
      list everybody's reports        | insufficient-scope   | insufficient-scope   | insufficient-scope   | insufficient-scope   | insufficient-scope   | insufficient-scope
      read the history                | not-a-member         | not-a-member         | ok                   | ok                   | ok                   | ok
      catch up                        | not-a-member         | not-a-member         | ok                   | ok                   | ok                   | ok
      write                           | not-a-member         | not-a-member         | ok                   | ok                   | ok                   | ok
      delete somebody's message       | not-a-member         | not-a-member         | forbidden            | ok                   | ok                   | ok
      move the read marker            | not-a-member         | not-a-member         | ok                   | ok                   | ok                   | ok
      """;

  /** Messages follow groups by events: what is not so yet becomes so. */
  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(20);

  private static final GroupOperations OPERATIONS = new GroupOperations();

  @TestFactory
  Stream<DynamicTest> everyOperationShouldBeAnsweredByTheTable() {
    List<String> who = header();
    return rows()
        .flatMap(
            row ->
                who.stream()
                    .map(
                        actor ->
                            DynamicTest.dynamicTest(
                                row.get(0) + ", " + actor,
                                () -> check(row.get(0), actor, row.get(1 + who.indexOf(actor))))));
  }

  @Test
  void theTableShouldHaveEveryOperation() {
    Set<String> named = new HashSet<>(rows().map(row -> row.get(0)).toList());

    assertThat(named).isEqualTo(OPERATIONS.all().keySet());
  }

  private static void check(String name, String actor, String expected)
      throws InterruptedException {
    Operation operation = OPERATIONS.all().get(name);
    assertThat(operation).as(name).isNotNull();
    Scene scene = OPERATIONS.scene(Who.valueOf(actor.toUpperCase(Locale.ROOT)), name);
    String answered = word(operation.by(scene));
    long deadline = System.nanoTime() + SETTLES_WITHIN.toNanos();
    while (operation.settles() && !answered.equals(expected) && System.nanoTime() < deadline) {
      Thread.sleep(200);
      answered = word(operation.by(scene));
    }
    assertThat(answered).isEqualTo(expected);
  }

  private static String word(Answer answer) {
    return answer.status() / 100 == 2 ? "ok" : answer.slug();
  }

  private static List<String> header() {
    List<String> cells = new ArrayList<>(cells(TABLE.lines().findFirst().orElseThrow()));
    cells.removeFirst();
    return cells;
  }

  private static Stream<List<String>> rows() {
    return TABLE.lines().skip(1).map(GroupAccessIT::cells);
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.split("\\|")).map(String::strip).toList();
  }

  /** A column of the table. */
  enum Who {
    STRANGER,
    BANNED,
    MEMBER,
    MODERATOR,
    ADMIN,
    OWNER
  }
}
