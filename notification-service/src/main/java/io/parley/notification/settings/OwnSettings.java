package io.parley.notification.settings;

import io.parley.common.access.AccessProperties;
import io.parley.common.edge.Page;
import io.parley.common.events.NotificationSettingsChanged;
import io.parley.common.ids.UserId;
import io.parley.common.outbox.Outbox;
import io.parley.common.outbox.OutboxEvent;
import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;
import io.parley.common.secrets.Seal;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/**
 * What users set for themselves. Each change is told to their other devices by the outbox, so in
 * the end they hear of all that is committed.
 *
 * <p>Whether there is a conversation or thread is not asked: a level for one that there is not, or
 * that the user is not in, does nothing and tells nothing.
 */
@Service
public class OwnSettings {

  static final String PURPOSE = "notification-keywords";

  private static final Logger log = LoggerFactory.getLogger(OwnSettings.class);
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");
  private static final int CLEAN_UP_BATCH = 5_000;
  private static final int EXPORT_BATCH = 500;

  private final SettingsStore store;
  private final KeywordKey key;
  private final SettingsProperties properties;
  private final Outbox outbox;
  private final Seal seal;
  private final JsonMapper json;
  private final Clock clock;

  OwnSettings(
      SettingsStore store,
      KeywordKey key,
      SettingsProperties properties,
      Outbox outbox,
      AccessProperties access,
      JsonMapper json,
      Clock clock) {
    this.store = store;
    this.key = key;
    this.properties = properties;
    this.outbox = outbox;
    this.seal = new Seal(access.secret(), PURPOSE);
    this.json = json;
    this.clock = clock;
  }

  DefaultsView defaults() {
    return DefaultsView.of(properties);
  }

  // --- everywhere

  @Transactional(readOnly = true)
  Versioned<SettingsView> get(UserId user) {
    return view(user, store.find(user), clock.instant());
  }

  /**
   * @param ifMatch the ETag of what the caller read
   * @throws ProblemException 400 {@code invalid-request}; 401 when the user was erased; 412 {@code
   *     precondition-failed}; 428 {@code if-match-required}
   */
  @Transactional
  Versioned<SettingsView> put(UserId user, PutSettings command, @Nullable String ifMatch) {
    if (ifMatch == null) {
      throw new ProblemException(SettingsProblem.IF_MATCH_REQUIRED);
    }
    StoredSettings wanted = stored(user, command);
    lock(user);
    Versioned.require(ifMatch, store.find(user).version(), true);
    Instant now = clock.instant();
    StoredSettings live = wanted.with(wanted.levels().live(now));
    long version = store.put(user, live, now);
    tell(new NotificationSettingsChanged(user, NotificationSettingsChanged.GLOBAL, null, null));
    return view(user, live.with(version), now);
  }

  /** Ends the user's digests, whatever else is set; nothing for who was erased. May be repeated. */
  @Transactional
  public void endDigest(UserId user) {
    if (!store.lock(user)) {
      return;
    }
    StoredSettings before = store.find(user);
    if (!Boolean.FALSE.equals(before.digest())) {
      store.put(user, before.withoutDigest(), clock.instant());
      tell(new NotificationSettingsChanged(user, NotificationSettingsChanged.GLOBAL, null, null));
    }
  }

  private StoredSettings stored(UserId user, PutSettings command) {
    List<String> keywords = Objects.requireNonNullElse(command.keywords(), List.of());
    List<QuietWindow> quiet = Objects.requireNonNullElse(command.quietHours(), List.of());
    if (new QuietHours(quiet.stream().map(QuietWindow::window).toList()).isAlways()) {
      throw invalid("quietHours: leave no minute of the week; set the level to none instead");
    }
    Digest digest = Objects.requireNonNullElse(command.digest(), Digest.UNSET);
    return new StoredSettings(
        StoredSettings.NEVER_SET,
        levels(command.push(), command.email()),
        keywords.isEmpty()
            ? null
            : seal.sealText(json.writeValueAsString(keywords), user.toString()),
        Keywords.hashes(key, folded(keywords)),
        command.preview(),
        command.timeZone(),
        quiet,
        Boolean.TRUE.equals(command.alwaysPush()),
        command.maxGroupSize(),
        digest.on(),
        digest.afterMinutes());
  }

  private static List<KeywordText> folded(List<String> keywords) {
    Map<String, KeywordText> seen = new LinkedHashMap<>();
    for (int i = 0; i < keywords.size(); i++) {
      KeywordText text = new KeywordText(keywords.get(i));
      if (seen.putIfAbsent(text.folded(), text) != null) {
        throw invalid("keywords[" + i + "]: is there already, but for its case or width");
      }
    }
    return List.copyOf(seen.values());
  }

  private Versioned<SettingsView> view(UserId user, StoredSettings stored, Instant now) {
    Levels levels = stored.levels().live(now);
    String sealed = stored.sealedKeywords();
    return new Versioned<>(
        new SettingsView(
            levels.push(),
            levels.email(),
            sealed == null
                ? List.of()
                : List.of(json.readValue(seal.openText(sealed, user.toString()), String[].class)),
            stored.preview(),
            stored.timeZone(),
            stored.quietHours(),
            stored.alwaysPush(),
            stored.maxGroupSize(),
            new Digest(stored.digest(), stored.digestAfterMinutes())),
        stored.version());
  }

  // --- single conversations and threads

  /**
   * @throws ProblemException 404 {@code not-found} when nothing is set there
   */
  @Transactional(readOnly = true)
  Versioned<OverrideView> get(UserId user, Place place) {
    StoredOverride live = live(user, place, clock.instant());
    if (live == null) {
      throw nothingSet();
    }
    return new Versioned<>(OverrideView.of(live), live.version());
  }

  /**
   * @param ifMatch the ETag of what the caller read; null: whatever is there
   * @throws ProblemException 400 {@code invalid-request}; 401 when the user was erased; 409 {@code
   *     too-many-overrides}; 412 {@code precondition-failed}
   */
  @Transactional
  Versioned<OverrideView> put(
      UserId user, Place place, PutOverride command, @Nullable String ifMatch) {
    Instant now = clock.instant();
    Levels levels = levels(command.push(), command.email()).live(now);
    if (levels.hasNothing()) {
      throw invalid("nothing is set, or not any more; DELETE takes away what was");
    }
    lock(user);
    StoredOverride before = live(user, place, now);
    Versioned.require(ifMatch, before == null ? 0 : before.version(), before != null);
    if (before == null && store.countOverrides(user) >= properties.maxOverrides()) {
      throw new ProblemException(
          SettingsProblem.TOO_MANY_OVERRIDES,
          null,
          Map.of("maxOverrides", properties.maxOverrides()));
    }
    long version = store.putOverride(user, place, levels, now);
    tell(changed(user, place));
    return new Versioned<>(OverrideView.of(new StoredOverride(place, version, levels)), version);
  }

  /**
   * @throws ProblemException 404 {@code not-found} when nothing is set there; 412 {@code
   *     precondition-failed}
   */
  @Transactional
  void remove(UserId user, Place place, @Nullable String ifMatch) {
    lock(user);
    StoredOverride before = live(user, place, clock.instant());
    if (before == null) {
      throw nothingSet();
    }
    Versioned.require(ifMatch, before.version(), true);
    store.removeOverride(user, place);
    tell(changed(user, place));
  }

  /** In the order of their places. */
  @Transactional(readOnly = true)
  Page<OverrideView> overrides(UserId user, @Nullable Place after, int limit) {
    Instant now = clock.instant();
    List<StoredOverride> found = store.overrides(user, after, now, limit + 1);
    List<StoredOverride> page = found.subList(0, Math.min(limit, found.size()));
    return new Page<>(
        page.stream().map(one -> OverrideView.of(one.live(now))).toList(),
        found.size() > limit ? page.getLast().place().toString() : null);
  }

  private @Nullable StoredOverride live(UserId user, Place place, Instant now) {
    return store
        .override(user, place)
        .map(stored -> stored.live(now))
        .filter(stored -> !stored.levels().hasNothing())
        .orElse(null);
  }

  // --- privacy

  /**
   * All that a user has set, within the caller's transaction.
   *
   * @param settings gets what holds everywhere, if anything was set
   * @param override gets what is set for each conversation and thread
   */
  public void each(UserId user, Consumer<Object> settings, Consumer<Object> override) {
    StoredSettings stored = store.find(user);
    if (stored.version() != StoredSettings.NEVER_SET) {
      settings.accept(view(user, stored, Instant.MIN).view());
    }
    List<StoredOverride> page = store.overrides(user, null, Instant.EPOCH, EXPORT_BATCH);
    while (!page.isEmpty()) {
      page.forEach(one -> override.accept(OverrideView.of(one)));
      page = store.overrides(user, page.getLast().place(), Instant.EPOCH, EXPORT_BATCH);
    }
  }

  /** All of a user's, within the caller's transaction. */
  public long erase(UserId user) {
    return store.erase(user);
  }

  @Scheduled(initialDelayString = "1m", fixedDelayString = "1h")
  void cleanUp() {
    try {
      boolean more = true;
      while (more) {
        more = store.cleanUp(clock.instant(), CLEAN_UP_BATCH);
      }
    } catch (DataAccessException | TransactionException e) {
      log.warn("levels whose time is over are not cleaned up: {}", e.toString());
    }
  }

  // ---

  private void lock(UserId user) {
    if (!store.lock(user)) {
      throw new ProblemException(CommonProblem.UNAUTHENTICATED, "The account has been erased");
    }
  }

  private void tell(NotificationSettingsChanged changed) {
    outbox.append(
        new OutboxEvent(
            NotificationSettingsChanged.EXCHANGE,
            NotificationSettingsChanged.ROUTING_KEY,
            UUID.randomUUID().toString(),
            changed,
            clock.instant()));
  }

  private static NotificationSettingsChanged changed(UserId user, Place place) {
    return place.isThread()
        ? new NotificationSettingsChanged(
            user, NotificationSettingsChanged.THREAD, place.conversation(), place.threadSeq())
        : new NotificationSettingsChanged(
            user, NotificationSettingsChanged.CONVERSATION, place.conversation(), null);
  }

  private static Levels levels(@Nullable LevelSetting push, @Nullable LevelSetting email) {
    return new Levels(checked("push", push), checked("email", email));
  }

  private static LevelSetting checked(String name, @Nullable LevelSetting given) {
    LevelSetting setting = Objects.requireNonNullElse(given, LevelSetting.UNSET);
    if (setting.temporary() != null && setting.temporary().until().isAfter(LAST)) {
      throw invalid(name + ".temporary.until: must be before the year 10000");
    }
    return setting;
  }

  private static ProblemException nothingSet() {
    return new ProblemException(CommonProblem.NOT_FOUND, "Nothing is set there");
  }

  private static ProblemException invalid(String detail) {
    return new ProblemException(CommonProblem.INVALID_REQUEST, detail);
  }
}
