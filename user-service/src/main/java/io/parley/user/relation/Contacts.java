package io.parley.user.relation;

import io.parley.common.edge.Page;
import io.parley.common.ids.UserId;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.user.account.UsernameCursor;
import io.parley.user.privacy.Privacy;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** The people an account has put on its list. The other side need not agree, and is not told. */
@Service
public class Contacts {

  private final RelationStore store;
  private final RelationProperties properties;
  private final Privacy privacy;
  private final Clock clock;

  Contacts(RelationStore store, RelationProperties properties, Privacy privacy, Clock clock) {
    this.store = store;
    this.properties = properties;
    this.privacy = privacy;
    this.clock = clock;
  }

  /**
   * Nothing happens when the contact is there already.
   *
   * @throws ProblemException 400 {@code not-yourself}, 403 {@code blocked}, 404 {@code not-found},
   *     409 {@code too-many-contacts}
   */
  @Transactional
  void add(UserId owner, UserId contact) {
    if (owner.equals(contact)) {
      throw new ProblemException(RelationProblem.NOT_YOURSELF);
    }
    if (!store.lock(owner, contact)) {
      throw new ProblemException(CommonProblem.NOT_FOUND, "No such user");
    }
    if (store.has(RelationStore.Kind.BLOCK, owner, contact)
        || store.has(RelationStore.Kind.BLOCK, contact, owner)) {
      throw new ProblemException(RelationProblem.BLOCKED);
    }
    if (store.has(RelationStore.Kind.CONTACT, owner, contact)) {
      return;
    }
    if (store.count(RelationStore.Kind.CONTACT, owner) >= properties.maxContacts()) {
      throw new ProblemException(
          RelationProblem.TOO_MANY_CONTACTS, null, Map.of("maxContacts", properties.maxContacts()));
    }
    store.addContact(owner, contact, clock.instant().truncatedTo(ChronoUnit.MILLIS));
    privacy.presenceAudienceChanged(owner);
  }

  /** Nothing happens when there is no such contact. */
  @Transactional
  void remove(UserId owner, UserId contact) {
    if (store.remove(RelationStore.Kind.CONTACT, owner, contact)) {
      privacy.presenceAudienceChanged(owner);
    }
  }

  /**
   * By username. Not to be read from a replica: people look at the list right after they changed
   * it.
   *
   * @param cursor the {@code next} of the page before
   */
  @Transactional(readOnly = true)
  public Page<RelatedView> list(UserId owner, int limit, @Nullable String cursor) {
    List<RelatedView> found =
        store.list(RelationStore.Kind.CONTACT, owner, UsernameCursor.after(cursor), limit + 1);
    return UsernameCursor.page(found, limit, RelatedView::username);
  }
}
