package io.parley.localstack;

import io.parley.localstack.process.LocalStackException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A lock between processes, held on a file. It ends with its holder, however that ends. */
public final class FolderLock implements AutoCloseable {
  private final FileChannel channel;

  private FolderLock(FileChannel channel) {
    this.channel = channel;
  }

  /** Waits until it is free. */
  public static FolderLock await(Path file) {
    try {
      FileChannel channel = open(file);
      FileLock lock = channel.lock();
      return held(channel, lock);
    } catch (IOException e) {
      throw new LocalStackException("cannot lock " + file + ": " + e.getMessage(), e);
    }
  }

  /** Empty when another process holds it. */
  public static Optional<FolderLock> tryNow(Path file) {
    try {
      FileChannel channel = open(file);
      Optional<FileLock> lock = Optional.ofNullable(channel.tryLock());
      if (lock.isEmpty()) {
        channel.close();
        return Optional.empty();
      }
      return Optional.of(held(channel, lock.get()));
    } catch (IOException e) {
      throw new LocalStackException("cannot lock " + file + ": " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new LocalStackException("cannot give a lock back: " + e.getMessage(), e);
    }
  }

  private static FolderLock held(FileChannel channel, FileLock lock) throws IOException {
    if (!lock.isValid()) {
      throw new IOException("the lock is not valid");
    }
    return new FolderLock(channel);
  }

  private static FileChannel open(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }
}
