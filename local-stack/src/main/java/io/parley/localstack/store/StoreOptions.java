package io.parley.localstack.store;

import java.nio.file.Path;

/**
 * How a stack of stores is to run.
 *
 * @param folder everything the stores write
 * @param durable whether the data must survive a crash of the machine: a local run keeps it, a test
 *     does not
 * @param checkout the folder of Parley's sources, where the Cassandra node's jars were built
 * @param cache what was unpacked or fetched once and serves every later run
 */
public record StoreOptions(
    Path folder, StorePorts ports, boolean durable, Path checkout, Path cache) {

  StoreOptions ports(StorePorts other) {
    return new StoreOptions(folder, other, durable, checkout, cache);
  }

  Path logs() {
    return folder.resolve("logs");
  }

  Path log(String store) {
    return logs().resolve(store + ".log");
  }

  /** {@code $XDG_CACHE_HOME/parley}, or the usual place of it. */
  public static Path userCache(Path otherwise) {
    String xdg = System.getenv("XDG_CACHE_HOME");
    Path home = Path.of(System.getProperty("user.home", "/"));
    Path base = xdg != null && xdg.startsWith("/") ? Path.of(xdg) : home.resolve(".cache");
    Path cache = base.resolve("parley");
    // A system user's home may be missing or someone else's.
    return cache.toFile().mkdirs() || cache.toFile().canWrite() ? cache : otherwise;
  }
}
