package io.parley.localstack.reload;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The files under a folder as they were at a moment. Looked at over and over instead of being
 * watched: a bind mount from another system brings no inotify events.
 *
 * @param stamps time of the last change and size of each
 */
record FileStamps(Map<Path, Stamp> stamps) {

  record Stamp(long modifiedMillis, long bytes) {}

  /** None when there is no such folder. */
  static FileStamps of(Path folder) {
    Map<Path, Stamp> stamps = new HashMap<>();
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            /** Not what an editor has for itself beside a file that it has open. */
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              String name = file.getFileName().toString();
              if (!name.startsWith(".") && !name.endsWith("~")) {
                stamps.put(
                    file, new Stamp(attributes.lastModifiedTime().toMillis(), attributes.size()));
              }
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
              // Gone since its folder was listed: editors put a new file in the place of the old
              // one.
              if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
              }
              throw e;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new FileStamps(Map.copyOf(stamps));
  }

  FileStamps only(Predicate<Path> wanted) {
    return new FileStamps(
        stamps.entrySet().stream()
            .filter(one -> wanted.test(one.getKey()))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
  }

  /** What is new or other than it was; not what is gone. */
  Set<Path> changedSince(FileStamps earlier) {
    return stamps.entrySet().stream()
        .filter(one -> !one.getValue().equals(earlier.stamps.get(one.getKey())))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }
}
