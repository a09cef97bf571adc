package io.parley.user.erasure;

import io.parley.common.events.ErasureAnswered;
import io.parley.common.events.ErasureRequested;
import io.parley.common.events.UserEvents;
import io.parley.common.ids.UserId;
import io.parley.common.outbox.Outbox;
import io.parley.common.outbox.OutboxEvent;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.user.account.Account;
import io.parley.user.account.Accounts;
import io.parley.user.account.Admins;
import io.parley.user.audit.Audit;
import io.parley.user.credential.Confirmation;
import io.parley.user.credential.Confirmations;
import io.parley.user.personaltoken.PersonalAccessTokens;
import io.parley.user.session.EndReason;
import io.parley.user.session.Sessions;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Erases accounts (ADR 0012). All that this service holds goes in the transaction of the request,
 * which also ends every session and leaves the question to the other services in the outbox: there
 * is no half of it that a crash could leave. From then on only their answers are outstanding, and
 * who has not answered is asked again.
 */
@Service
public class Erasures {

  private static final Logger log = LoggerFactory.getLogger(Erasures.class);

  private static final int TOKEN_BYTES = 32;
  private static final int BATCH = 100;
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final ErasureStore store;
  private final Accounts accounts;
  private final Admins admins;
  private final Confirmations confirmations;
  private final Sessions sessions;
  private final PersonalAccessTokens tokens;
  private final Audit audit;
  private final Outbox outbox;
  private final ErasureProperties properties;
  private final Clock clock;
  private final SecureRandom random = new SecureRandom();

  Erasures(
      ErasureStore store,
      Accounts accounts,
      Admins admins,
      Confirmations confirmations,
      Sessions sessions,
      PersonalAccessTokens tokens,
      Audit audit,
      Outbox outbox,
      ErasureProperties properties,
      Clock clock) {
    this.store = store;
    this.accounts = accounts;
    this.admins = admins;
    this.confirmations = confirmations;
    this.sessions = sessions;
    this.tokens = tokens;
    this.audit = audit;
    this.outbox = outbox;
    this.properties = properties;
    this.clock = clock;
  }

  /**
   * Erases the account of somebody who has confirmed it.
   *
   * @throws ProblemException as {@link Confirmations#hold(Confirmation)}; 409 {@code last-admin}
   */
  @Transactional
  ErasureAccepted begin(Confirmation confirmation, AuthoredMessages messages) {
    UserId user = confirmation.caller().id();
    // The admins' lock comes first everywhere.
    admins.requireAnother(user);
    confirmations.hold(confirmation);
    return begin(user, user, messages);
  }

  /**
   * Erases an account and the bots it owns.
   *
   * @param actor who wants it: the user or an admin
   * @throws ProblemException 404 {@code not-found}; 409 {@code last-admin}
   */
  @Transactional
  public ErasureAccepted begin(UserId actor, UserId user, AuthoredMessages messages) {
    admins.requireAnother(user);
    // The owner before the bots, as by who gives a bot a token.
    Account account = accounts.hold(user);
    byte[] token = new byte[TOKEN_BYTES];
    random.nextBytes(token);
    String statusToken = BASE64.encodeToString(token);
    Instant now = now();
    UUID id = UUID.randomUUID();
    note(actor, erasure(id, user, null, messages, now), hash(statusToken));
    // Before their owner, who would take their rows along unasked.
    for (Account bot : accounts.botsOf(user)) {
      note(actor, erasure(UUID.randomUUID(), bot.id(), id, messages, now), null);
      remove(actor, bot);
    }
    remove(actor, account);
    return new ErasureAccepted(id, statusToken);
  }

  private static ErasureStore.Erasure erasure(
      UUID id, UserId user, @Nullable UUID parent, AuthoredMessages messages, Instant now) {
    return new ErasureStore.Erasure(id, user, parent, messages.event(), now, null);
  }

  private void note(UserId actor, ErasureStore.Erasure erasure, @Nullable String statusHash) {
    store.add(erasure, statusHash);
    ask(erasure);
    audit.record(
        actor,
        "erasure.requested",
        "user",
        erasure.user().toString(),
        Map.of("erasure", erasure.id().toString(), "messages", erasure.messages().name()));
  }

  private void remove(UserId actor, Account account) {
    sessions.endAll(account.id(), actor, EndReason.ERASED);
    tokens.revokeAll(account.id(), actor);
    accounts.erase(account.id());
  }

  /** Asks again where an answer is missing. */
  @Transactional
  void repeat() {
    Instant now = now();
    for (ErasureStore.Erasure erasure :
        store.lockUnanswered(now.minus(properties.repeatAfter()), BATCH)) {
      store.asked(erasure.id(), now);
      // The list of services may have become shorter.
      if (!settle(erasure, now)) {
        ask(erasure);
      }
    }
    store.forgetDone(now.minus(properties.keepStatus()));
  }

  private void ask(ErasureStore.Erasure erasure) {
    outbox.append(
        new OutboxEvent(
            UserEvents.EXCHANGE,
            ErasureRequested.ROUTING_KEY,
            "erasure:" + erasure.id(),
            new ErasureRequested(
                erasure.id(), erasure.user(), erasure.messages(), erasure.requestedAt()),
            erasure.requestedAt()));
  }

  /** A service holds nothing any more. Repeats and answers to nothing change nothing. */
  @Transactional
  void answered(ErasureAnswered answer) {
    ErasureStore.Erasure erasure = store.lock(answer.erasureId()).orElse(null);
    if (erasure == null) {
      log.warn("{} answers to an unknown erasure {}", answer.service(), answer.erasureId());
      return;
    }
    if (store.addAnswer(erasure.id(), answer.service(), answer.at()) && erasure.doneAt() == null) {
      settle(erasure, now());
    }
  }

  private boolean settle(ErasureStore.Erasure erasure, Instant now) {
    if (!store.answers(erasure.id()).keySet().containsAll(properties.services())) {
      return false;
    }
    store.done(erasure.id(), now);
    audit.record(
        null,
        "erasure.completed",
        "user",
        erasure.user().toString(),
        Map.of("erasure", erasure.id().toString()));
    return true;
  }

  /**
   * Of an account and the bots that went with it: a service is named with the time when it held
   * nothing of any of them.
   *
   * @throws ProblemException 404 {@code not-found}
   */
  @Transactional
  ErasureView status(String statusToken) {
    ErasureStore.Erasure erasure =
        store
            .find(hash(statusToken))
            .orElseThrow(() -> new ProblemException(CommonProblem.NOT_FOUND, "No such erasure"));
    Map<String, @Nullable Instant> services = new TreeMap<>();
    Instant doneAt = erasure.requestedAt();
    for (ErasureStore.Erasure one : store.family(erasure.id())) {
      Map<String, Instant> answers = store.answers(one.id());
      for (String service : properties.services()) {
        services.put(
            service, latest(answers.get(service), services.getOrDefault(service, Instant.MIN)));
      }
      doneAt = latest(one.doneAt(), doneAt);
    }
    boolean asked = services.values().stream().allMatch(at -> at == null);
    services.put("user-service", erasure.requestedAt());
    ErasureView.State state =
        doneAt != null
            ? ErasureView.State.DONE
            : asked ? ErasureView.State.REQUESTED : ErasureView.State.RUNNING;
    return new ErasureView(erasure.id(), state, erasure.requestedAt(), doneAt, services);
  }

  /** Null, which is never, is later than all. */
  private static @Nullable Instant latest(@Nullable Instant one, @Nullable Instant other) {
    if (one == null || other == null) {
      return null;
    }
    return one.isAfter(other) ? one : other;
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  private static String hash(String statusToken) {
    try {
      return BASE64.encodeToString(
          MessageDigest.getInstance("SHA-256")
              .digest(statusToken.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
