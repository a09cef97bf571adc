package io.parley.notification.settings;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** How users are to be notified, for whatever notifies them. */
@Service
public class Settings {

  private final SettingsStore store;
  private final KeywordKey key;
  private final SettingsProperties defaults;

  Settings(SettingsStore store, KeywordKey key, SettingsProperties defaults) {
    this.store = store;
    this.key = key;
    this.defaults = defaults;
  }

  /** Whether users who have said nothing get mails of what they missed. */
  public boolean digestByDefault() {
    return defaults.digest();
  }

  /** How long a message is unread before a mail tells of it, for users who have said nothing. */
  public Duration defaultDigestAfter() {
    return defaults.digestAfter();
  }

  /** Of every one of them, with the levels of all their conversations. */
  @Transactional(readOnly = true)
  public Map<UserId, UserSettings> of(Collection<UserId> users) {
    return of(users, store.overrides(users, null));
  }

  /** Of every one of them, with the levels of these conversations only. */
  @Transactional(readOnly = true)
  public Map<UserId, UserSettings> of(
      Collection<UserId> users, Collection<ConversationId> conversations) {
    return of(users, store.overrides(users, conversations));
  }

  private Map<UserId, UserSettings> of(
      Collection<UserId> users, Map<UserId, Map<Place, Levels>> overrides) {
    Map<UserId, StoredSettings> stored = store.find(users);
    UserSettings untouched = settings(StoredSettings.UNSET, Map.of());
    Map<UserId, UserSettings> all = new HashMap<>();
    for (UserId user : users) {
      StoredSettings theirs = stored.get(user);
      Map<Place, Levels> apart = overrides.getOrDefault(user, Map.of());
      all.put(
          user,
          theirs == null && apart.isEmpty()
              ? untouched
              : settings(theirs == null ? StoredSettings.UNSET : theirs, apart));
    }
    return all;
  }

  private UserSettings settings(StoredSettings stored, Map<Place, Levels> overrides) {
    return new UserSettings(
        stored.levels(),
        overrides,
        defaults.level(),
        Keywords.of(key, stored.keywordHashes()),
        defaults.previews() && !Boolean.FALSE.equals(stored.preview()),
        zone(stored.timeZone()),
        new QuietHours(stored.quietHours().stream().map(QuietWindow::window).toList()),
        stored.alwaysPush(),
        stored.maxGroupSize(),
        digestAfter(stored));
  }

  /** A zone that this process does not know was taken by one with newer rules. */
  private ZoneId zone(@Nullable String name) {
    return name == null || !ZoneName.Check.isKnown(name) ? defaults.timeZone() : ZoneId.of(name);
  }

  private @Nullable Duration digestAfter(StoredSettings stored) {
    boolean on = stored.digest() == null ? defaults.digest() : stored.digest();
    if (!on) {
      return null;
    }
    return stored.digestAfterMinutes() == null
        ? defaults.digestAfter()
        : Duration.ofMinutes(stored.digestAfterMinutes());
  }
}
