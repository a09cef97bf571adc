package io.parley.localstack.reload;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A module whose classes follow its sources. Resources are read where they are, by whoever runs the
 * module; what its pages consist of ({@code static}) is read anew each time, so its changes do not
 * count.
 */
final class SourceModule {
  /** In the folder of a module's classes: written when they are complete and it has to restart. */
  static final String TRIGGER = ".reload";

  private static final String JAVA = ".java";

  /** More files than these are compiled together with all others. */
  private static final int FEW = 10;

  private final String name;
  private final Path sources;
  private final Path resources;
  private final Path classes;
  private final ModuleCompiler compiler;
  private FileStamps sourcesSeen = new FileStamps(Map.of());
  private FileStamps resourcesSeen = new FileStamps(Map.of());

  /** Since the last time that it compiled. */
  private final Set<Path> edited = new HashSet<>();

  private boolean allStale = true;
  private boolean resourcesChanged;
  private boolean lookedAt;

  /**
   * @param folder with {@code src/main}
   * @param classes where the classes go
   * @param classPath what else they need
   */
  SourceModule(String name, Path folder, Path classes, List<Path> classPath, PrintWriter out)
      throws IOException {
    this.name = name;
    this.sources = folder.resolve("src/main/java");
    this.resources = folder.resolve("src/main/resources");
    this.classes = classes;
    if (!Files.isDirectory(sources)) {
      throw new IOException("there is no folder " + sources);
    }
    Files.createDirectories(classes);
    this.compiler = new ModuleCompiler(classPath, classes, out);
  }

  String name() {
    return name;
  }

  /** Where its classes and its resources are. */
  List<Path> output() {
    return List.of(classes, resources);
  }

  /** Whether anything is other than at the last look. */
  boolean look() {
    Path pages = resources.resolve("static");
    FileStamps sourcesNow = FileStamps.of(sources).only(file -> file.toString().endsWith(JAVA));
    FileStamps resourcesNow = FileStamps.of(resources).only(file -> !file.startsWith(pages));
    boolean sourcesDiffer = !sourcesNow.equals(sourcesSeen);
    // At the first look nobody has read them yet.
    boolean resourcesDiffer = lookedAt && !resourcesNow.equals(resourcesSeen);
    edited.addAll(sourcesNow.changedSince(sourcesSeen));
    // A file more or less can change what the names in others mean.
    allStale |= !sourcesNow.stamps().keySet().equals(sourcesSeen.stamps().keySet());
    resourcesChanged |= resourcesDiffer;
    sourcesSeen = sourcesNow;
    resourcesSeen = resourcesNow;
    lookedAt = true;
    return sourcesDiffer || resourcesDiffer;
  }

  /** Since it compiled last, or what it is compiled against. */
  boolean isChanged() {
    return allStale || !edited.isEmpty() || resourcesChanged;
  }

  /**
   * What it is built on did.
   *
   * @param inside as in {@link ModuleCompiler.Outcome}: then it need not be compiled, only restart
   */
  void basisChanged(boolean inside) {
    allStale |= !inside;
    resourcesChanged = true;
  }

  /** What did not compile counts as changed still. */
  ModuleCompiler.Outcome compile() throws IOException {
    if (!allStale && edited.isEmpty()) {
      return new ModuleCompiler.Outcome(true, 0, true);
    }
    Optional<ModuleCompiler.Outcome> few =
        allStale || edited.size() > FEW ? Optional.empty() : compiler.compileOnly(edited);
    ModuleCompiler.Outcome outcome = few.isPresent() ? few.get() : compiler.compileAll(javaFiles());
    if (outcome.ok()) {
      edited.clear();
      allStale = false;
    }
    return outcome;
  }

  /**
   * To be called once it compiled.
   *
   * @return whether what runs it, or is compiled against it, is out of date
   */
  boolean settle(ModuleCompiler.Outcome outcome) {
    boolean stale = outcome.changed() > 0 || resourcesChanged;
    resourcesChanged = false;
    return stale;
  }

  /** Whoever runs this module starts again, and who waits for its first classes starts. */
  void trigger() throws IOException {
    Files.writeString(classes.resolve(TRIGGER), Instant.now().toString());
  }

  boolean wasTriggered() {
    return Files.exists(classes.resolve(TRIGGER));
  }

  /** Empty when this is no Spring Boot application. */
  Optional<String> mainClass() throws IOException {
    for (Path file : javaFiles()) {
      if (Files.readString(file).contains("\n@SpringBootApplication")) {
        String path = sources.relativize(file).toString();
        return Optional.of(path.substring(0, path.length() - JAVA.length()).replace('/', '.'));
      }
    }
    return Optional.empty();
  }

  private List<Path> javaFiles() {
    return sourcesSeen.stamps().keySet().stream().sorted().toList();
  }
}
