package io.parley.localstack.reload;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;

/**
 * A jar with nothing but a manifest that names a main class and a class path: {@code java -jar}
 * runs what is spread over folders, as it would the jar of a build.
 */
final class LaunchJar {
  private LaunchJar() {}

  static void write(Path jar, String mainClass, List<Path> classPath) throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.put(Attributes.Name.MAIN_CLASS, mainClass);
    // A folder's URI ends with a slash only if it is there by now.
    attributes.put(
        Attributes.Name.CLASS_PATH,
        classPath.stream().map(entry -> entry.toUri().toString()).collect(Collectors.joining(" ")));
    Files.createDirectories(jar.getParent());
    Path unfinished = jar.resolveSibling(jar.getFileName() + ".new");
    try (OutputStream out = Files.newOutputStream(unfinished);
        JarOutputStream closed = new JarOutputStream(out, manifest)) {
      closed.flush();
    }
    Files.move(unfinished, jar, StandardCopyOption.ATOMIC_MOVE);
  }
}
