package io.parley.localstack.reload;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HotReloadTest {
  @TempDir private Path folder;
  private final StringWriter said = new StringWriter();
  private HotReload reload;

  @BeforeEach
  void twoModules() throws IOException {
    write(
        "base/src/main/java/p/Greeting.java",
        "package p; public class Greeting { public static String word() { return \"Hello\"; } }");
    write(
        "app/src/main/java/q/Main.java",
        """
        package q;
        @SpringBootApplication
        public class Main {
          public static void main(String[] a) { System.out.println(p.Greeting.word() + Sentence.end()); }
        }
        """);
    write(
        "app/src/main/java/q/SpringBootApplication.java",
        "package q; @interface SpringBootApplication {}");
    write(
        "app/src/main/java/q/Sentence.java",
        "package q; class Sentence { static String end() { return \".\"; } }");
    write("app/src/main/resources/application.yaml", "a: 1");
    write("libraries/base.classpath", "");
    write("libraries/app.classpath", "");
    reload =
        new HotReload(
            folder,
            folder.resolve("classes"),
            folder.resolve("libraries"),
            List.of("base", "app"),
            new PrintWriter(said, true));
  }

  @Test
  void firstRoundShouldMakeAJarThatRuns() throws Exception {
    reload.round();

    assertThat(run()).isEqualTo("Hello.");
    assertThat(folder.resolve("classes/.compiled")).exists();
  }

  @Test
  void editShouldChangeTheClassAndTrigger() throws Exception {
    reload.round();
    String before = trigger();

    write(
        "app/src/main/java/q/Sentence.java",
        "package q; class Sentence { static String end() { return \"!\"; } }");
    reload.round();

    assertThat(run()).isEqualTo("Hello!");
    assertThat(trigger()).isNotEqualTo(before);
    assertThat(said.toString()).contains("app compiled, 1 classes changed");
  }

  @Test
  void sourcesThatWereNotEditedShouldBeCompiledWhenWhatTheyUseChanges() throws Exception {
    reload.round();

    // Main still compiles, but only to other code than before.
    write(
        "app/src/main/java/q/Sentence.java",
        "package q; class Sentence { static char end() { return '?'; } }");
    reload.round();

    assertThat(run()).isEqualTo("Hello?");
    assertThat(said.toString()).contains("app compiled, 2 classes changed");
  }

  @Test
  void baseShouldTriggerWhatIsBuiltOnIt() throws Exception {
    reload.round();
    String before = trigger();

    write(
        "base/src/main/java/p/Greeting.java",
        "package p; public class Greeting { public static String word() { return \"Bye\"; } }");
    reload.round();

    assertThat(run()).isEqualTo("Bye.");
    assertThat(trigger()).isNotEqualTo(before);
  }

  @Test
  void errorsShouldBeSaidAndLeaveWhatRuns() throws Exception {
    reload.round();
    String before = trigger();

    write(
        "app/src/main/java/q/Sentence.java",
        "package q; class Sentence { static String end() { return 1; } }");
    write("app/src/main/java/q/Main.java", "package q; class Main { }");
    reload.round();

    assertThat(said.toString())
        .contains("Sentence.java:1: error: incompatible types")
        .contains("app does not compile");
    assertThat(run()).isEqualTo("Hello.");
    assertThat(trigger()).isEqualTo(before);
  }

  @Test
  void whatCallsAMissingMethodShouldNotCompile() throws Exception {
    reload.round();

    write("app/src/main/java/q/Sentence.java", "package q; class Sentence { }");
    reload.round();
    assertThat(said.toString()).contains("Main.java:4: error: cannot find symbol");

    write(
        "app/src/main/java/q/Sentence.java",
        "package q; class Sentence { static String end() { return \"…\"; } }");
    reload.round();
    assertThat(run()).isEqualTo("Hello…");
  }

  @Test
  void baseThatDoesNotCompileShouldTriggerNothing() throws Exception {
    reload.round();
    String before = trigger();

    write("base/src/main/java/p/Greeting.java", "package p; public class Greeting {");
    reload.round();

    assertThat(said.toString()).contains("base does not compile");
    assertThat(trigger()).isEqualTo(before);
  }

  @Test
  void deletedSourceShouldLeaveNoClass() throws Exception {
    write("app/src/main/java/q/Extra.java", "package q; class Extra { class Inner { } }");
    reload.round();
    assertThat(folder.resolve("classes/app/q/Extra$Inner.class")).exists();

    Files.delete(folder.resolve("app/src/main/java/q/Extra.java"));
    reload.round();

    assertThat(folder.resolve("classes/app/q/Extra$Inner.class")).doesNotExist();
  }

  @Test
  void nestedClassThatIsGoneShouldLeaveNoClass() throws Exception {
    write(
        "app/src/main/java/q/Sentence.java",
        "package q; class Sentence { static String end() { return new Object() { public String toString() { return \".\"; } } + \"\"; } }");
    reload.round();
    assertThat(folder.resolve("classes/app/q/Sentence$1.class")).exists();

    write(
        "app/src/main/java/q/Sentence.java",
        "package q; class Sentence { static String end() { return \".\"; } }");
    reload.round();

    assertThat(folder.resolve("classes/app/q/Sentence$1.class")).doesNotExist();
    assertThat(said.toString()).contains("app compiled, 2 classes changed");
  }

  @Test
  void resourceShouldTriggerButNotAPage() throws Exception {
    write("app/src/main/resources/static/index.html", "1");
    reload.round();
    String before = trigger();

    write("app/src/main/resources/static/index.html", "22");
    reload.round();
    assertThat(trigger()).isEqualTo(before);

    write("app/src/main/resources/application.yaml", "a: 22");
    reload.round();
    assertThat(trigger()).isNotEqualTo(before);
  }

  @Test
  void nothingShouldHappenWithoutAChange() throws Exception {
    reload.round();
    String before = said.toString();

    write("app/src/main/java/q/.Main.java.swp", "an editor's");
    reload.round();

    assertThat(said.toString()).isEqualTo(before);
  }

  private String trigger() throws IOException {
    return Files.readString(folder.resolve("classes/app/.reload"));
  }

  private void write(String path, String content) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private String run() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dstdout.encoding=UTF-8",
                "-jar",
                folder.resolve("classes/jars/app.jar").toString())
            .redirectErrorStream(true)
            .start();
    String printed =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return printed.strip();
  }
}
