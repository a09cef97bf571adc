package io.parley.systemtests.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/**
 * The users and conversations of a fleet that are put under load. A file keeps them from run to
 * run, as registering 500 users costs a minute of Argon2; what is missing in it is made and added.
 */
final class Population {

  /** So that a machine of two cores has one left for the fleet. */
  private static final int CALLS_AT_ONCE = 4;

  private static final int MADE_BETWEEN_WRITES = 500;

  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * @param conversations ids by what they are for, each in an order that stays
   */
  private record Kept(List<User> users, Map<String, List<String>> conversations) {}

  private final LoadApi api;
  private final Path file;
  private final Clock clock = Clock.systemUTC();
  private Kept kept = none();

  private Population(LoadApi api, Path file) {
    this.api = api;
    this.file = file;
  }

  /**
   * @param file of this fleet alone
   */
  static Population of(LoadApi api, Path file) throws IOException {
    Population population = new Population(api, file);
    if (Files.exists(file)) {
      population.kept = JSON.readValue(Files.readString(file), Kept.class);
    }
    return population;
  }

  /**
   * The first {@code count} users; new ones if the fleet has lost those of the file.
   *
   * @param good how long from now their access tokens must be good
   */
  List<User> users(int count, Duration good) throws IOException, InterruptedException {
    forgetThemIfTheFleetDid();
    Instant needed = clock.instant().plus(good);
    List<User> known =
        all(
            kept.users().stream().limit(count).toList(),
            user -> user.expiresAt().isAfter(needed) ? user : renewed(user));
    for (int i = 0; i < known.size(); i++) {
      kept.users().set(i, known.get(i));
    }
    keep();
    int missing = count - kept.users().size();
    if (missing > 0) {
      System.out.printf("registering %d users, once for this fleet%n", missing);
      String run = UUID.randomUUID().toString().substring(0, 8);
      List<String> names = new ArrayList<>();
      for (int i = 0; i < missing; i++) {
        names.add("load_" + run + "_" + i);
      }
      for (int from = 0; from < missing; from += MADE_BETWEEN_WRITES) {
        int to = Math.min(missing, from + MADE_BETWEEN_WRITES);
        kept.users().addAll(all(names.subList(from, to), api::register));
        keep();
      }
    }
    return List.copyOf(kept.users().subList(0, count));
  }

  /** It has lost all of them or none: {@code run.sh --fresh} begins with empty stores. */
  private void forgetThemIfTheFleetDid() throws IOException, InterruptedException {
    if (!kept.users().isEmpty()) {
      Optional<User> first = api.renewed(kept.users().get(0));
      if (first.isEmpty()) {
        kept = none();
      } else {
        kept.users().set(0, first.get());
      }
    }
  }

  private User renewed(User user) throws IOException, InterruptedException {
    return api.renewed(user)
        .orElseThrow(() -> new IOException("the fleet does not know " + user + "; remove " + file));
  }

  /** The shape's conversations among the first {@code clients} users. */
  List<Conversation> conversations(Shape shape, int clients)
      throws IOException, InterruptedException {
    List<List<Integer>> members =
        IntStream.range(0, shape.conversations(clients)).mapToObj(shape::clientsOf).toList();
    List<String> ids =
        made(String.valueOf(shape.members()), members, of -> api.conversation(users(of)));
    return IntStream.range(0, ids.size())
        .mapToObj(i -> new Conversation(ids.get(i), members.get(i)))
        .toList();
  }

  List<User> users(List<Integer> numbers) {
    return numbers.stream().map(kept.users()::get).toList();
  }

  /** Whether an earlier run, or this one, has {@link #made} so many. */
  boolean hasMade(String what, int count) {
    return kept.conversations().getOrDefault(what, List.of()).size() >= count;
  }

  /**
   * What a call gives for each input; those that were made in an earlier run are not made again.
   *
   * @param what they are for: to the same word the inputs must be the same ones, or more of them
   * @return ids, in the order of the inputs
   */
  <I> List<String> made(String what, List<I> inputs, Call<I, String> call)
      throws IOException, InterruptedException {
    List<String> ids = kept.conversations().computeIfAbsent(what, none -> new ArrayList<>());
    while (ids.size() < inputs.size()) {
      List<I> next =
          inputs.subList(ids.size(), Math.min(inputs.size(), ids.size() + MADE_BETWEEN_WRITES));
      ids.addAll(all(next, call));
      keep();
      if (inputs.size() > MADE_BETWEEN_WRITES) {
        System.out.printf("  %s: %d of %d%n", what, ids.size(), inputs.size());
      }
    }
    return List.copyOf(ids.subList(0, inputs.size()));
  }

  private static Kept none() {
    return new Kept(new ArrayList<>(), new TreeMap<>());
  }

  private void keep() throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Path fresh = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(fresh, JSON.writeValueAsString(kept));
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  interface Call<I, O> {
    O answer(I input) throws IOException, InterruptedException;
  }

  /** In the order of the inputs. */
  private static <I, O> List<O> all(List<I> inputs, Call<I, O> call)
      throws IOException, InterruptedException {
    try (ExecutorService pool = Executors.newFixedThreadPool(CALLS_AT_ONCE)) {
      List<Callable<O>> calls = new ArrayList<>();
      inputs.forEach(input -> calls.add(() -> call.answer(input)));
      List<O> outputs = new ArrayList<>();
      for (Future<O> future : pool.invokeAll(calls)) {
        outputs.add(future.get());
      }
      return outputs;
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }
}
