package io.parley.localstack.process;

import java.nio.file.Path;
import java.util.List;

/**
 * An archive of the classes that a JVM has loaded (dynamic CDS, JEP 350): it writes it when it ends
 * for the first time, and starts from it from then on. It makes a new one when the old one does not
 * fit its class path.
 */
public final class ClassArchive {
  /** At a random address each class would be changed, and so be memory of this process. */
  public static final List<String> AS_IT_IS =
      List.of("-XX:+UnlockDiagnosticVMOptions", "-XX:ArchiveRelocationMode=0");

  private ClassArchive() {}

  /** For the command line of a JVM that is to keep one in the file. */
  public static List<String> in(Path file) {
    return List.of(
        AS_IT_IS.getFirst(),
        AS_IT_IS.getLast(),
        "-XX:+AutoCreateSharedArchive",
        "-XX:SharedArchiveFile=" + file);
  }
}
