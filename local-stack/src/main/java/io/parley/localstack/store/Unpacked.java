package io.parley.localstack.store;

import io.parley.localstack.process.Folders;
import io.parley.localstack.process.LocalStackException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * Folders of programs in the cache. A folder there is complete: it is filled under another name and
 * renamed, and only one process at a time fills it.
 */
final class Unpacked {
  private Unpacked() {}

  /** Fills an empty folder, which is about to become the final one. */
  @FunctionalInterface
  interface Filling {
    void into(Path unfinished, Path finished) throws IOException;
  }

  static Path folder(Path cache, String name, Filling filling) {
    Path finished = cache.resolve(name);
    if (Files.isDirectory(finished)) {
      return finished;
    }
    try {
      Files.createDirectories(cache);
      Path lockFile = cache.resolve(name + ".lock");
      try (FileChannel channel =
              FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        if (!lock.isValid()) {
          throw new IOException("lost the lock " + lockFile);
        }
        if (!Files.isDirectory(finished)) {
          Path unfinished = cache.resolve(name + ".new");
          Folders.delete(unfinished);
          Files.createDirectories(unfinished);
          filling.into(unfinished, finished);
          Files.move(unfinished, finished, StandardCopyOption.ATOMIC_MOVE);
        }
      }
      return finished;
    } catch (IOException e) {
      throw new LocalStackException("cannot unpack to " + finished + ": " + e.getMessage(), e);
    }
  }

  /** Linux only, so the archives' own layout is trusted: they are dependencies of the build. */
  static void tarXz(InputStream archive, Path into) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(archive)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path file = into.resolve(entry.getName()).normalize();
        if (!file.startsWith(into)) {
          throw new IOException("outside of the folder: " + entry.getName());
        }
        if (entry.isDirectory()) {
          Files.createDirectories(file);
        } else if (entry.isSymbolicLink()) {
          Files.createDirectories(file.getParent());
          Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else {
          Files.createDirectories(file.getParent());
          Files.copy(tar, file);
          if ((entry.getMode() & 0111) != 0 && !file.toFile().setExecutable(true, false)) {
            throw new IOException("cannot make executable: " + file);
          }
        }
      }
    }
  }

  /** As the archives of programs name it. */
  static boolean isArm() {
    return System.getProperty("os.arch").equals("aarch64");
  }
}
