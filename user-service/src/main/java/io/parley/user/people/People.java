package io.parley.user.people;

import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import io.parley.common.postgres.WordQuery;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.text.Folding;
import io.parley.user.account.Accounts;
import io.parley.user.account.UsernameCursor;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** What users see of one another. Every rule of who sees what is here and in its statement. */
@Service
public class People {

  /** The highest code point: no prefix can be continued by anything greater. */
  private static final String LAST = Character.toString(Character.MAX_CODE_POINT);

  private final PeopleStore store;
  private final Clock clock;

  People(PeopleStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * @throws ProblemException 404 {@code not-found}
   */
  @Transactional(readOnly = true)
  PersonView get(UserId viewer, UserId id) {
    return PersonView.of(person(viewer, id));
  }

  /**
   * The tag of somebody's avatar, as far as the viewer may see it.
   *
   * @throws ProblemException 404 {@code not-found} when there is none to be seen
   */
  @Transactional(readOnly = true)
  public String avatar(UserId viewer, UserId id) {
    String avatar = PersonView.of(person(viewer, id)).avatar();
    if (avatar == null) {
      throw new ProblemException(CommonProblem.NOT_FOUND, "No avatar");
    }
    return avatar;
  }

  private Person person(UserId viewer, UserId id) {
    return store
        .find(id, viewer)
        .orElseThrow(() -> new ProblemException(CommonProblem.NOT_FOUND, "No such user"));
  }

  /**
   * Those of whose username and display name words begin with each word of the text, whatever its
   * case and accents, by username: who let themselves be found by the viewer, and where neither has
   * blocked the other.
   *
   * @param cursor the {@code next} of the page before
   * @throws ProblemException 400 when the cursor is not one of ours
   */
  @Transactional(readOnly = true)
  Page<PersonView> search(UserId viewer, String text, int limit, @Nullable String cursor) {
    String prefix = Accounts.prefix(text);
    List<Person> found =
        store.search(
            viewer,
            WordQuery.of(text),
            prefix,
            prefix + LAST,
            UsernameCursor.after(cursor),
            limit + 1);
    return UsernameCursor.page(
        found.stream().map(PersonView::of).toList(), limit, PersonView::username);
  }

  /**
   * Those of the ids that exist, in no order. Not to be read from a replica: a block must count at
   * once.
   *
   * @param viewer whose blocks count, both ways
   */
  @Transactional(readOnly = true)
  List<LookedUpView> lookUp(List<UserId> ids, @Nullable UserId viewer) {
    return store.find(ids, viewer).stream()
        .map(person -> LookedUpView.of(person, viewer != null))
        .toList();
  }

  /**
   * Who has these usernames, or had them and has them kept, in no order; each as everyone sees it,
   * with the name that was asked for.
   */
  @Transactional(readOnly = true)
  List<LookedUpView> named(List<String> usernames) {
    List<LookedUpView> found = new ArrayList<>();
    Set<String> missing = new HashSet<>(usernames);
    for (Person person : store.named(usernames)) {
      found.add(LookedUpView.of(person, false));
      missing.remove(person.username());
    }
    Map<String, UserId> former = store.formerly(List.copyOf(missing), clock.instant());
    if (!former.isEmpty()) {
      Map<UserId, Person> owners = new HashMap<>();
      store
          .find(List.copyOf(former.values()), null)
          .forEach(person -> owners.put(person.id(), person));
      former.forEach(
          (name, id) -> {
            Person owner = owners.get(id);
            if (owner != null) {
              found.add(LookedUpView.of(owner, false).called(name));
            }
          });
    }
    return found;
  }

  /**
   * Somebody by a username, if the viewer may find them.
   *
   * @throws ProblemException 404 {@code not-found}
   */
  @Transactional(readOnly = true)
  PersonView named(UserId viewer, String username) {
    String name = Folding.caseless(username);
    return store
        .findNamed(viewer, name)
        .or(
            () ->
                Optional.ofNullable(store.formerly(List.of(name), clock.instant()).get(name))
                    .flatMap(id -> store.find(id, viewer))
                    .flatMap(person -> store.findNamed(viewer, person.username())))
        .map(PersonView::of)
        .orElseThrow(() -> new ProblemException(CommonProblem.NOT_FOUND, "No such user"));
  }

  /**
   * Those of the looks that are allowed. Not to be read from a replica, for the same reason.
   *
   * @param looks none that is repeated
   */
  @Transactional(readOnly = true)
  List<PresenceLookView> presenceAudience(List<AskPresenceAudience.Look> looks) {
    return store.presenceAudience(looks);
  }
}
