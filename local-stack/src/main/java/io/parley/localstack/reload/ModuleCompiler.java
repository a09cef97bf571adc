package io.parley.localstack.reload;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * Compiles the sources of one module into a folder. What does not compile leaves the classes there
 * as they are.
 */
final class ModuleCompiler {
  private static final List<String> OPTIONS =
      List.of("-parameters", "-proc:none", "-nowarn", "-XDsuppressNotes", "-g");
  private static final String CLASS = ".class";

  /** {@code Messages$1}, {@code Messages$2Cursor}: no other source can name it. */
  private static final Pattern LOCAL = Pattern.compile(".*\\$\\d.*");

  private final JavaCompiler javac = ToolProvider.getSystemJavaCompiler();

  /** For all runs: it keeps the jars open, and the lists of what is in them. */
  private final StandardJavaFileManager files =
      javac.getStandardFileManager(null, null, StandardCharsets.UTF_8);

  private final List<Path> classPath;
  private final Path classes;
  private final PrintWriter out;

  /**
   * @param classPath jars and folders
   * @param classes where the classes go
   * @param out hears of errors, as javac writes them
   */
  ModuleCompiler(List<Path> classPath, Path classes, PrintWriter out) {
    this.classPath = classPath;
    this.classes = classes;
    this.out = out;
  }

  /**
   * @param ok whether all of it compiled
   * @param changed how many classes are new, other than before, or gone
   * @param inside whether only what no other source can depend on did change
   */
  record Outcome(boolean ok, int changed, boolean inside) {}

  Outcome compileAll(Collection<Path> sources) throws IOException {
    Optional<Map<Path, byte[]>> compiled = compile(sources, classPath, out);
    return compiled.isEmpty()
        ? new Outcome(false, 0, false)
        : new Outcome(true, write(compiled.get(), classFiles(classes)), false);
  }

  /**
   * Compiles these alone, against the classes that the others were compiled to.
   *
   * @return empty if that is not enough: they do not compile alone, or others could depend on what
   *     changed in them; then nothing was written
   */
  Optional<Outcome> compileOnly(Collection<Path> sources) throws IOException {
    List<Path> withOwn = new ArrayList<>(List.of(classes));
    withOwn.addAll(classPath);
    Optional<Map<Path, byte[]>> compiled = compile(sources, withOwn, Writer.nullWriter());
    if (compiled.isEmpty()) {
      return Optional.empty();
    }
    Map<Path, byte[]> now = compiled.get();
    Set<Path> before = sameSource(now.keySet());
    Map<Path, ClassApi> apiBefore = new HashMap<>();
    for (Path file : before) {
      addApi(apiBefore, classes.relativize(file), Files.readAllBytes(file));
    }
    Map<Path, ClassApi> apiNow = new HashMap<>();
    now.forEach((file, content) -> addApi(apiNow, file, content));
    return apiNow.equals(apiBefore)
        ? Optional.of(new Outcome(true, write(now, before), true))
        : Optional.empty();
  }

  private static void addApi(Map<Path, ClassApi> apis, Path file, byte[] content) {
    if (!LOCAL.matcher(file.getFileName().toString()).matches()) {
      apis.put(file, ClassApi.of(content));
    }
  }

  /** The classes that are there of the same sources as these: with the same outermost class. */
  private Set<Path> sameSource(Set<Path> compiled) throws IOException {
    Set<Path> outermost =
        compiled.stream().map(ModuleCompiler::outermost).collect(Collectors.toSet());
    Set<Path> found = new HashSet<>();
    for (Path folder : compiled.stream().map(Path::getParent).collect(Collectors.toSet())) {
      for (Path file : classFiles(classes.resolve(folder))) {
        if (outermost.contains(outermost(classes.relativize(file)))) {
          found.add(file);
        }
      }
    }
    return found;
  }

  private static Path outermost(Path classFile) {
    String name = classFile.getFileName().toString();
    int end = name.indexOf('$', 1);
    return classFile.resolveSibling(
        end < 0 ? name.substring(0, name.length() - CLASS.length()) : name.substring(0, end));
  }

  /** Empty if they do not compile. */
  private Optional<Map<Path, byte[]>> compile(
      Collection<Path> sources, List<Path> against, Writer errors) throws IOException {
    Map<Path, ByteArrayOutputStream> compiled = new HashMap<>();
    files.setLocationFromPaths(StandardLocation.CLASS_PATH, against);
    boolean ok =
        sources.isEmpty()
            || javac
                .getTask(
                    errors,
                    new InMemory(files, compiled),
                    null,
                    OPTIONS,
                    null,
                    files.getJavaFileObjectsFromPaths(sources))
                .call();
    errors.flush();
    return ok
        ? Optional.of(
            compiled.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, one -> one.getValue().toByteArray())))
        : Optional.empty();
  }

  /** Of those that were there before, deletes what is not among these. */
  private int write(Map<Path, byte[]> compiled, Set<Path> before) throws IOException {
    Set<Path> gone = new HashSet<>(before);
    int changed = 0;
    for (Map.Entry<Path, byte[]> one : compiled.entrySet()) {
      Path file = classes.resolve(one.getKey());
      if (!gone.remove(file) || !Arrays.equals(one.getValue(), Files.readAllBytes(file))) {
        Files.createDirectories(file.getParent());
        Files.write(file, one.getValue());
        changed++;
      }
    }
    for (Path file : gone) {
      Files.delete(file);
    }
    return changed + gone.size();
  }

  private static Set<Path> classFiles(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return Set.of();
    }
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(file -> file.toString().endsWith(CLASS)).collect(Collectors.toSet());
    }
  }

  /** Keeps what javac writes until all of it is known to be right. */
  private static final class InMemory extends ForwardingJavaFileManager<StandardJavaFileManager> {
    private final Map<Path, ByteArrayOutputStream> compiled;

    InMemory(StandardJavaFileManager files, Map<Path, ByteArrayOutputStream> compiled) {
      super(files);
      this.compiled = compiled;
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
      String path = className.replace('.', '/') + kind.extension;
      return new SimpleJavaFileObject(URI.create("memory:/" + path), kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          compiled.put(Path.of(path), bytes);
          return bytes;
        }
      };
    }

    /** The shared one stays open. */
    @Override
    public void close() {}
  }
}
