package io.parley.user.avatar;

import io.parley.common.ids.UserId;
import io.parley.common.images.Avatar;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.user.account.Accounts;
import io.parley.user.account.OwnAccountView;
import io.parley.user.people.People;
import java.util.Optional;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.TransactionTemplate;

/** Pictures: taken from their owners, shown to those who may see the profile. */
@Service
public class Avatars {

  private final AvatarStore store;
  private final Accounts accounts;
  private final People people;
  private final TransactionTemplate transaction;

  Avatars(AvatarStore store, Accounts accounts, People people, TransactionTemplate transaction) {
    this.store = store;
    this.accounts = accounts;
    this.people = people;
    this.transaction = transaction;
  }

  /**
   * @throws ProblemException {@link io.parley.common.images.ImageProblem}
   */
  OwnAccountView set(UserId account, byte[] upload) {
    // Outside the transaction: drawing must not hold a connection.
    Avatar avatar = Avatar.of(upload);
    return transaction.execute(
        status -> {
          OwnAccountView view = OwnAccountView.of(accounts.setAvatar(account, avatar.tag()));
          store.save(account, avatar.png());
          return view;
        });
  }

  @Transactional
  void remove(UserId account) {
    accounts.setAvatar(account, null);
    store.delete(account);
  }

  /**
   * The tag alone, for a client that may have the picture already.
   *
   * @throws ProblemException 404 {@code not-found} when there is none that the viewer may see
   */
  String tag(UserId viewer, UserId account) {
    return people.avatar(viewer, account);
  }

  /**
   * @throws ProblemException 404 {@code not-found} when it was removed just now
   */
  @Transactional(readOnly = true)
  Avatar get(UserId account) {
    return find(account)
        .orElseThrow(() -> new ProblemException(CommonProblem.NOT_FOUND, "No avatar"));
  }

  @Transactional(readOnly = true)
  public Optional<Avatar> find(UserId account) {
    return store.find(account);
  }
}
