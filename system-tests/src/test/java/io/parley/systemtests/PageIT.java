package io.parley.systemtests;

import static io.parley.systemtests.RunningFleet.BOUNCE_SECRET;
import static io.parley.systemtests.RunningFleet.FLEET;
import static io.parley.systemtests.RunningFleet.GATEWAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.parley.systemtests.NodeProject.Run;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The page to chat in, in a browser with two users: {@code browser/page.test.js}, and what it
 * notifies of: {@code browser/notifications.test.js}.
 */
class PageIT {

  /** A step in TAP, as Node's test runner tells it. */
  private static final Pattern STEP =
      Pattern.compile("^(not )?ok \\d+ - (.*?)( # SKIP.*)?$", Pattern.MULTILINE);

  private static final String CHROMIUM =
      System.getenv().getOrDefault("CHROMIUM", "/usr/bin/chromium");

  @TestFactory
  Stream<DynamicTest> everyStepShouldWork() {
    return steps("page.test.js", 20);
  }

  @TestFactory
  Stream<DynamicTest> everyStepWithNotificationsShouldWork() {
    return steps("notifications.test.js", 8);
  }

  private static Stream<DynamicTest> steps(String file, int atLeast) {
    NodeProject browser = NodeProject.installed("browser", CHROMIUM);
    Run run =
        browser.run(
            Map.of(
                "PARLEY_ADDRESS",
                GATEWAY,
                "PARLEY_MAILS",
                FLEET.mailCatcher().url(),
                "PARLEY_PUSHES",
                FLEET.node("fake-fcm").url(),
                "PARLEY_BOUNCE_SECRET",
                BOUNCE_SECRET,
                "CHROMIUM",
                CHROMIUM,
                "PARLEY_SCREENSHOTS",
                Path.of("target", "page").toAbsolutePath().toString()),
            List.of("node", "--test-reporter=tap", file));
    List<MatchResult> steps = STEP.matcher(run.output()).results().toList();
    assertThat(steps).as(run.output()).hasSizeGreaterThan(atLeast);
    return Stream.concat(
        steps.stream().map(step -> DynamicTest.dynamicTest(step.group(2), () -> check(step, run))),
        Stream.of(
            DynamicTest.dynamicTest(
                "all of it", () -> assertThat(run.exit()).as(run.output()).isZero())));
  }

  private static void check(MatchResult step, Run run) {
    assertThat(step.group(1)).as(run.output()).isNull();
    assumeTrue(step.group(3) == null, "an earlier step failed");
  }
}
