package io.parley.notification.settings;

import io.parley.common.ids.ConversationId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How one user is to be notified: what the user has set, and the installation's defaults for the
 * rest. Holds the levels of those conversations only that were asked for.
 */
public final class UserSettings {

  private final Levels everywhere;
  private final Map<Place, Levels> overrides;
  private final Level defaultLevel;
  private final Keywords keywords;
  private final boolean preview;
  private final ZoneId timeZone;
  private final QuietHours quietHours;
  private final boolean alwaysPush;
  private final @Nullable Integer maxGroupSize;
  private final @Nullable Duration digestAfter;

  /**
   * @param digestAfter null: no digest
   */
  UserSettings(
      Levels everywhere,
      Map<Place, Levels> overrides,
      Level defaultLevel,
      Keywords keywords,
      boolean preview,
      ZoneId timeZone,
      QuietHours quietHours,
      boolean alwaysPush,
      @Nullable Integer maxGroupSize,
      @Nullable Duration digestAfter) {
    this.everywhere = everywhere;
    this.overrides = Map.copyOf(overrides);
    this.defaultLevel = defaultLevel;
    this.keywords = keywords;
    this.preview = preview;
    this.timeZone = timeZone;
    this.quietHours = quietHours;
    this.alwaysPush = alwaysPush;
    this.maxGroupSize = maxGroupSize;
    this.digestAfter = digestAfter;
  }

  /**
   * The narrowest place that says something decides: the thread, then the conversation, then
   * everywhere, then the installation.
   *
   * @param threadSeq the root of the thread that the message is a reply in; null: in none
   */
  public Level level(
      ConversationId conversation, @Nullable Long threadSeq, Channel channel, Instant now) {
    Level there = overridden(conversation, threadSeq, channel, now);
    return there == null ? levelEverywhere(channel, now) : there;
  }

  /**
   * As {@link #level}, of a group: in one of more members than the user allows, only mentions ring,
   * unless the user has set a level for the very group or thread.
   */
  public Level levelInGroup(
      ConversationId conversation,
      @Nullable Long threadSeq,
      Channel channel,
      int members,
      Instant now) {
    Level there = overridden(conversation, threadSeq, channel, now);
    if (there != null) {
      return there;
    }
    Level level = levelEverywhere(channel, now);
    boolean tooMany = maxGroupSize != null && members > maxGroupSize;
    return tooMany && level == Level.ALL ? Level.MENTIONS : level;
  }

  private Level levelEverywhere(Channel channel, Instant now) {
    Level level = everywhere.at(channel, now);
    return level == null ? defaultLevel : level;
  }

  private @Nullable Level overridden(
      ConversationId conversation, @Nullable Long threadSeq, Channel channel, Instant now) {
    Level level =
        threadSeq == null ? null : levelAt(new Place(conversation, threadSeq), channel, now);
    return level == null ? levelAt(Place.of(conversation), channel, now) : level;
  }

  private @Nullable Level levelAt(Place place, Channel channel, Instant now) {
    Levels levels = overrides.get(place);
    return levels == null ? null : levels.at(channel, now);
  }

  /** Whether a notification may say what was written; else only who wrote and where. */
  public boolean preview() {
    return preview;
  }

  public boolean isQuiet(Instant at) {
    return quietHours.isQuiet(at, timeZone);
  }

  /**
   * The first instant after it that is not quiet any more; null when it is not quiet at that time.
   */
  public @Nullable Instant quietUntil(Instant at) {
    return quietHours.until(at, timeZone);
  }

  public Keywords keywords() {
    return keywords;
  }

  /** Whether to push to phones even while the user is active somewhere. */
  public boolean alwaysPush() {
    return alwaysPush;
  }

  /** In groups of more members, only mentions ring; null: whatever their size. */
  public @Nullable Integer maxGroupSize() {
    return maxGroupSize;
  }

  public ZoneId timeZone() {
    return timeZone;
  }

  /** Whether the user wants a mail of what was missed. */
  public boolean digest() {
    return digestAfter != null;
  }

  /** How long a message is to be unread before a mail tells of it; null: no mail. */
  public @Nullable Duration digestAfter() {
    return digestAfter;
  }
}
