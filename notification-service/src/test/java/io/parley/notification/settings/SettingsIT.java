package io.parley.notification.settings;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.parley.common.ids.ConversationId;
import io.parley.common.ids.UserId;
import io.parley.notification.ServiceHarness;
import io.parley.notification.settings.LevelSetting.Temporary;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

class SettingsIT extends ServiceHarness {

  private static final Instant NOW = Instant.parse("2026-05-06T12:00:00Z");
  private static final Instant LATER = NOW.plus(Duration.ofHours(8));

  private final Settings settings;
  private final SettingsStore store;
  private final KeywordKey key;

  private final UserId ann = user();
  private final ConversationId team = conversation();

  SettingsIT(
      @Autowired Settings settings, @Autowired SettingsStore store, @Autowired KeywordKey key) {
    this.settings = settings;
    this.store = store;
    this.key = key;
  }

  @Test
  void whoSetNothingShouldHaveTheInstallationsDefaults() {
    UserId ben = user();

    Map<UserId, UserSettings> all = settings.of(List.of(ann, ben));

    assertThat(all).containsOnlyKeys(ann, ben);
    UserSettings anns = requireNonNull(all.get(ann));
    assertThat(anns.level(team, null, Channel.PUSH, NOW)).isEqualTo(Level.ALL);
    assertThat(anns.level(team, 7L, Channel.EMAIL, NOW)).isEqualTo(Level.ALL);
    assertThat(anns.preview()).isTrue();
    assertThat(anns.isQuiet(NOW)).isFalse();
    assertThat(anns.quietUntil(NOW)).isNull();
    assertThat(anns.keywords().isEmpty()).isTrue();
    assertThat(anns.alwaysPush()).isFalse();
    assertThat(anns.maxGroupSize()).isNull();
    assertThat(anns.timeZone()).isEqualTo(ZoneId.of("UTC"));
    assertThat(anns.digestAfter()).isEqualTo(Duration.ofHours(8));
    assertThat(settings.of(List.of())).isEmpty();
  }

  @Test
  void whatWasSetShouldBeRead() {
    store.put(
        ann,
        new StoredSettings(
            0,
            new Levels(new LevelSetting(Level.MENTIONS, null), LevelSetting.UNSET),
            null,
            Keywords.hashes(key, List.of(new KeywordText("release"))),
            false,
            "Asia/Tokyo",
            List.of(new QuietWindow(List.of(Day.WEDNESDAY), "20:30", "06:00")),
            true,
            50,
            true,
            90),
        NOW);

    UserSettings anns = only();

    assertThat(anns.level(team, null, Channel.PUSH, NOW)).isEqualTo(Level.MENTIONS);
    assertThat(anns.level(team, null, Channel.EMAIL, NOW)).isEqualTo(Level.ALL);
    assertThat(anns.preview()).isFalse();
    assertThat(anns.keywords().matches("a release")).isTrue();
    assertThat(anns.timeZone()).isEqualTo(ZoneId.of("Asia/Tokyo"));
    assertThat(anns.quietUntil(NOW)).isEqualTo(Instant.parse("2026-05-06T21:00:00Z"));
    assertThat(anns.alwaysPush()).isTrue();
    assertThat(anns.maxGroupSize()).isEqualTo(50);
    assertThat(anns.digestAfter()).isEqualTo(Duration.ofMinutes(90));
  }

  @Test
  void theNarrowestPlaceShouldDecideAndATemporaryLevelPass() {
    put(
        Place.of(team),
        new Levels(new LevelSetting(null, new Temporary(Level.NONE, LATER)), UNSET));
    put(new Place(team, 7), new Levels(new LevelSetting(Level.MENTIONS, null), UNSET));

    UserSettings anns = only();

    assertThat(anns.level(team, 7L, Channel.PUSH, NOW)).isEqualTo(Level.MENTIONS);
    assertThat(anns.level(team, 8L, Channel.PUSH, NOW)).isEqualTo(Level.NONE);
    assertThat(anns.level(team, null, Channel.PUSH, NOW)).isEqualTo(Level.NONE);
    assertThat(anns.level(team, null, Channel.PUSH, LATER.minusNanos(1))).isEqualTo(Level.NONE);
    assertThat(anns.level(team, null, Channel.PUSH, LATER)).isEqualTo(Level.ALL);
    assertThat(anns.level(team, 7L, Channel.EMAIL, NOW)).isEqualTo(Level.ALL);
    assertThat(anns.level(conversation(), null, Channel.PUSH, NOW)).isEqualTo(Level.ALL);
  }

  @Test
  void largeGroupsShouldOnlyRingForMentionsUnlessSetApart() {
    store.put(ann, withMaxGroupSize(10), NOW);
    ConversationId loud = conversation();
    put(Place.of(loud), new Levels(new LevelSetting(Level.ALL, null), UNSET));

    UserSettings anns = only();

    assertThat(anns.levelInGroup(team, null, Channel.PUSH, 10, NOW)).isEqualTo(Level.ALL);
    assertThat(anns.levelInGroup(team, null, Channel.PUSH, 11, NOW)).isEqualTo(Level.MENTIONS);
    assertThat(anns.levelInGroup(loud, 3L, Channel.PUSH, 11, NOW)).isEqualTo(Level.ALL);
  }

  @Test
  void onlyTheConversationsThatAreAskedForShouldBeRead() {
    ConversationId other = conversation();
    put(Place.of(team), new Levels(new LevelSetting(Level.NONE, null), UNSET));
    put(Place.of(other), new Levels(new LevelSetting(Level.NONE, null), UNSET));

    UserSettings anns = requireNonNull(settings.of(List.of(ann), List.of(team)).get(ann));

    assertThat(anns.level(team, null, Channel.PUSH, NOW)).isEqualTo(Level.NONE);
    assertThat(anns.level(other, null, Channel.PUSH, NOW)).isEqualTo(Level.ALL);
    assertThat(only().level(other, null, Channel.PUSH, NOW)).isEqualTo(Level.NONE);
  }

  @Test
  void aZoneThatIsNotKnownHereShouldBeTheInstallations() {
    store.put(
        ann,
        new StoredSettings(
            0,
            Levels.UNSET,
            null,
            new byte[0],
            null,
            "Mars/Olympus",
            List.of(),
            false,
            null,
            null,
            null),
        NOW);

    assertThat(only().timeZone()).isEqualTo(ZoneId.of("UTC"));
  }

  private static final LevelSetting UNSET = LevelSetting.UNSET;

  private UserSettings only() {
    return requireNonNull(settings.of(List.of(ann)).get(ann));
  }

  private void put(Place place, Levels levels) {
    store.putOverride(ann, place, levels, NOW);
  }

  private static StoredSettings withMaxGroupSize(int members) {
    return new StoredSettings(
        0, Levels.UNSET, null, new byte[0], null, null, List.of(), false, members, null, null);
  }

  private static ConversationId conversation() {
    return new ConversationId(UUID.randomUUID());
  }
}
