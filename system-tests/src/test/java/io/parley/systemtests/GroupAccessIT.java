package io.parley.systemtests;

import static org.assertj.core.api.Assertions.assertThat;

import io.parley.message.Http.Answer;
import io.parley.systemtests.GroupOperations.Operation;
import io.parley.systemtests.GroupOperations.Scene;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Who may do what in a group: every operation, by everybody, through the gateway. */
class GroupAccessIT {

  /**
   * docs/api/access.md: what each of them is answered, ok or the problem's slug. Each cell is tried
   * in a group of its own, private unless the row says public, in which nothing was decided
   * otherwise. "Somebody" is a plain member.
   */
  private static final List<List<String>> TABLE = table();

  /** Messages follow groups by events: what is not so yet becomes so. */
  private static final Duration SETTLES_WITHIN = Duration.ofSeconds(20);

  private static final GroupOperations OPERATIONS = new GroupOperations();

  /** What follows groups by events has its groups first, and is tried last. */
  @TestFactory
  @Execution(ExecutionMode.CONCURRENT)
  Stream<DynamicTest> everyOperationShouldBeAnsweredByTheTable() {
    List<String> who = header();
    List<Cell> cells =
        rows()
            .flatMap(
                row ->
                    who.stream()
                        .map(actor -> new Cell(row.get(0), actor, row.get(1 + who.indexOf(actor)))))
            .sorted(Comparator.comparing(Cell::settles))
            .toList();
    Map<Cell, Scene> settling = new HashMap<>();
    cells.stream().filter(Cell::settles).forEach(cell -> settling.put(cell, cell.scene()));
    return cells.stream()
        .map(
            cell ->
                DynamicTest.dynamicTest(
                    cell.operation() + ", " + cell.actor(),
                    () -> {
                      Scene made = settling.get(cell);
                      check(cell, made == null ? cell.scene() : made);
                    }));
  }

  @Test
  void theTableShouldHaveEveryOperation() {
    Set<String> named = new HashSet<>(rows().map(row -> row.get(0)).toList());

    assertThat(named).isEqualTo(OPERATIONS.all().keySet());
  }

  private static void check(Cell cell, Scene scene) throws InterruptedException {
    Operation operation = OPERATIONS.all().get(cell.operation());
    assertThat(operation).as(cell.operation()).isNotNull();
    String expected = cell.expected();
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
    List<String> header = TABLE.getFirst();
    return header.subList(1, header.size());
  }

  private static Stream<List<String>> rows() {
    return TABLE.stream().skip(2);
  }

  private static List<List<String>> table() {
    Path page = Path.of(System.getProperty("parley.root", ".."), "docs/api/access.md");
    try (Stream<String> lines = Files.lines(page)) {
      return lines
          .dropWhile(line -> !line.equals("## Groups"))
          .filter(line -> line.startsWith("|"))
          .map(GroupAccessIT::cells)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.substring(1, line.lastIndexOf('|')).split("\\|"))
        .map(String::strip)
        .toList();
  }

  /** What somebody is answered. */
  private record Cell(String operation, String actor, String expected) {

    boolean settles() {
      Operation known = OPERATIONS.all().get(operation);
      return known != null && known.settles();
    }

    Scene scene() {
      return OPERATIONS.scene(Who.valueOf(actor.toUpperCase(Locale.ROOT)), operation);
    }
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
