package io.parley.notification.settings;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A row of {@code notification_settings}; null is what the installation says.
 *
 * @param version the ETag; {@link #NEVER_SET} when there is no row
 * @param sealedKeywords null: none
 * @param keywordHashes as {@link Keywords#hashes}
 */
record StoredSettings(
    long version,
    Levels levels,
    @Nullable String sealedKeywords,
    byte[] keywordHashes,
    @Nullable Boolean preview,
    @Nullable String timeZone,
    List<QuietWindow> quietHours,
    boolean alwaysPush,
    @Nullable Integer maxGroupSize,
    @Nullable Boolean digest,
    @Nullable Integer digestAfterMinutes) {

  static final long NEVER_SET = 0;

  static final StoredSettings UNSET =
      new StoredSettings(
          NEVER_SET,
          Levels.UNSET,
          null,
          new byte[0],
          null,
          null,
          List.of(),
          false,
          null,
          null,
          null);

  StoredSettings with(Levels changed) {
    return with(version, changed, digest);
  }

  StoredSettings with(long newVersion) {
    return with(newVersion, levels, digest);
  }

  StoredSettings withoutDigest() {
    return with(version, levels, false);
  }

  private StoredSettings with(long newVersion, Levels newLevels, @Nullable Boolean newDigest) {
    return new StoredSettings(
        newVersion,
        newLevels,
        sealedKeywords,
        keywordHashes,
        preview,
        timeZone,
        quietHours,
        alwaysPush,
        maxGroupSize,
        newDigest,
        digestAfterMinutes);
  }
}
