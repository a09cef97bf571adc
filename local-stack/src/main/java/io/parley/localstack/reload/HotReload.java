package io.parley.localstack.reload;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Compiles modules whenever their sources change, and tells whoever runs them to start again.
 *
 * <p>Of the modules, the first is what all others are compiled against: a change to it compiles and
 * restarts all. What does not compile is said, and what ran before goes on.
 */
public final class HotReload {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  /** An editor or a checkout may write many files; after so long without a change it is done. */
  private static final Duration QUIET = Duration.ofMillis(50);

  /** In the folder of all classes, from the end of the first round on. */
  static final String COMPILED = ".compiled";

  private final Path classes;
  private final Path libraries;
  private final SourceModule base;
  private final List<SourceModule> others = new ArrayList<>();
  private final PrintWriter out;

  /**
   * @param root of the checkout
   * @param classes a folder for each module's classes comes in here, and one for jars to run them
   *     by, {@code jars}
   * @param libraries has a file for each module, {@code <module>.classpath}, with the class path of
   *     the jars that it needs, and {@code devtools.jar}
   * @param modules folders in {@code root}; the first is what the others are compiled against
   */
  HotReload(Path root, Path classes, Path libraries, List<String> modules, PrintWriter out)
      throws IOException {
    this.classes = classes;
    this.libraries = libraries;
    this.out = out;
    Files.createDirectories(classes);
    Files.deleteIfExists(classes.resolve(COMPILED));
    this.base = module(root, modules.getFirst(), List.of());
    for (String name : modules.subList(1, modules.size())) {
      others.add(module(root, name, base.output()));
    }
  }

  private SourceModule module(Path root, String name, List<Path> builtOn) throws IOException {
    List<Path> classPath = new ArrayList<>(builtOn);
    classPath.addAll(jars(name));
    return new SourceModule(name, root.resolve(name), classes.resolve(name), classPath, out);
  }

  private List<Path> jars(String module) throws IOException {
    String classPath = Files.readString(libraries.resolve(module + ".classpath")).strip();
    return Arrays.stream(classPath.split(File.pathSeparator))
        .filter(jar -> !jar.isEmpty())
        .map(Path::of)
        .toList();
  }

  /** {@code HotReload ROOT CLASSES LIBRARIES BASE-MODULE MODULE...} */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    List<String> words = List.of(arguments);
    if (words.size() < 4) {
      System.err.println("usage: HotReload ROOT CLASSES LIBRARIES BASE-MODULE MODULE...");
      System.exit(2);
    }
    HotReload reload =
        new HotReload(
            Path.of(words.get(0)),
            Path.of(words.get(1)),
            Path.of(words.get(2)),
            words.subList(3, words.size()),
            new PrintWriter(System.out, true));
    while (true) {
      reload.round();
      Thread.sleep(BETWEEN_LOOKS);
    }
  }

  /** Compiles what changed since the last round, if anything did. */
  void round() throws InterruptedException {
    if (!look()) {
      return;
    }
    do {
      Thread.sleep(QUIET);
    } while (look());
    try {
      compile();
      Files.writeString(classes.resolve(COMPILED), "");
    } catch (IOException | UncheckedIOException e) {
      // A file that vanished meanwhile, or a full disk: the next change tries again.
      out.println("cannot compile: " + e);
    }
  }

  private boolean look() {
    boolean changed = base.look();
    for (SourceModule module : others) {
      changed |= module.look();
    }
    return changed;
  }

  private void compile() throws IOException {
    if (base.isChanged()) {
      long began = System.nanoTime();
      ModuleCompiler.Outcome outcome = base.compile();
      boolean stale = outcome.ok() && base.settle(outcome);
      say(base, outcome, false, began);
      if (!outcome.ok()) {
        return;
      }
      if (stale) {
        others.forEach(module -> module.basisChanged(outcome.inside()));
      }
    }
    for (SourceModule module : others) {
      if (!module.isChanged()) {
        continue;
      }
      long began = System.nanoTime();
      ModuleCompiler.Outcome outcome = module.compile();
      boolean restart = outcome.ok() && (module.settle(outcome) || !module.wasTriggered());
      if (restart) {
        writeJars(module);
        module.trigger();
      }
      say(module, outcome, restart, began);
    }
  }

  /**
   * {@code jars/<module>.jar} is for commands, as {@code scripts/migrate.sh} runs them; {@code
   * <module>-dev.jar} has the library besides that restarts the module.
   */
  private void writeJars(SourceModule module) throws IOException {
    Optional<String> mainClass = module.mainClass();
    if (mainClass.isEmpty()) {
      return;
    }
    List<Path> classPath = new ArrayList<>(module.output());
    classPath.addAll(base.output());
    classPath.addAll(jars(module.name()));
    Path folder = classes.resolve("jars");
    LaunchJar.write(folder.resolve(module.name() + ".jar"), mainClass.get(), classPath);
    classPath.add(libraries.resolve("devtools.jar"));
    LaunchJar.write(folder.resolve(module.name() + "-dev.jar"), mainClass.get(), classPath);
  }

  private void say(
      SourceModule module, ModuleCompiler.Outcome outcome, boolean restart, long began) {
    double seconds = Duration.ofNanos(System.nanoTime() - began).toMillis() / 1000.0;
    String what =
        outcome.ok()
            ? "compiled, %d classes changed".formatted(outcome.changed())
            : "does not compile: what ran before goes on; a new library wants the image built";
    out.println(
        String.format(
            Locale.ROOT,
            "%s %s (%.1f s)%s",
            module.name(),
            what,
            seconds,
            restart ? ", restarts" : ""));
  }
}
