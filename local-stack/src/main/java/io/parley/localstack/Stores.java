package io.parley.localstack;

import io.parley.localstack.process.LocalStackException;
import io.parley.localstack.store.StoreAddresses;
import org.jspecify.annotations.Nullable;

/**
 * Real stores for tests: those whose addresses are in the environment ({@code PARLEY_POSTGRES_URL}
 * and so on), and for the others one set for the whole build. The first test that asks starts it;
 * it stops by itself when the last process that used it, and the Maven above that, are gone.
 *
 * <pre>
 * &#64;DynamicPropertySource
 * static void stores(DynamicPropertyRegistry registry) {
 *   Stores.shared().newSpace("user").environment().forEach((name, value) -> registry.add(name, () -> value));
 * }
 * </pre>
 */
public final class Stores {
  private static @Nullable Stores shared;
  private static @Nullable String failure;

  private final StoreAddresses addresses;

  private Stores(StoreAddresses addresses) {
    this.addresses = addresses;
  }

  /** Starts them when needed; the first call of a build takes about ten seconds. */
  public static synchronized Stores shared() {
    if (failure != null) {
      // Every further test class would wait as long as the first did.
      throw new LocalStackException(failure);
    }
    if (shared == null) {
      try {
        StoreAddresses given = StoreAddresses.of(System.getenv());
        shared =
            new Stores(
                given.complete()
                    ? given
                    : new StoreClient(Checkout.root(), ".parley/test-stores").join());
      } catch (LocalStackException e) {
        failure = e.getMessage();
        throw e;
      }
    }
    return shared;
  }

  /** How to reach the stores, shared with every other test. */
  public StoreAddresses addresses() {
    return addresses;
  }

  /**
   * A part of each store that no other test uses: databases, a virtual host, a keyspace's name and
   * a Redis database.
   *
   * @param prefix begins every name in it: lower-case letters, digits and {@code _}
   */
  public StoreSpace newSpace(String prefix) {
    return StoreSpace.create(addresses, prefix);
  }
}
