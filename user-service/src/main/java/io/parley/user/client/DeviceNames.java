package io.parley.user.client;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A short form of a User-Agent: "Firefox on Linux". Good enough to recognise one's own devices; the
 * header is free to say anything, so nothing else may depend on it.
 */
final class DeviceNames {

  static final String UNKNOWN = "Unknown device";

  private static final int MAX = 40;

  /** In this order: nearly all browsers also claim to be Safari, and most to be Chrome. */
  private static final Map<String, String> BROWSERS = new LinkedHashMap<>();

  /** In this order: Android also claims to be Linux, an iPhone to be like Mac OS X. */
  private static final Map<String, String> SYSTEMS = new LinkedHashMap<>();

  static {
    BROWSERS.put("Edg", "Edge");
    BROWSERS.put("OPR/", "Opera");
    BROWSERS.put("SamsungBrowser/", "Samsung Internet");
    BROWSERS.put("Firefox/", "Firefox");
    BROWSERS.put("FxiOS/", "Firefox");
    BROWSERS.put("CriOS/", "Chrome");
    BROWSERS.put("Chrome/", "Chrome");
    BROWSERS.put("Safari/", "Safari");
    SYSTEMS.put("iPhone", "iPhone");
    SYSTEMS.put("iPad", "iPad");
    SYSTEMS.put("Android", "Android");
    SYSTEMS.put("Windows", "Windows");
    SYSTEMS.put("CrOS", "ChromeOS");
    SYSTEMS.put("Mac OS X", "macOS");
    SYSTEMS.put("Linux", "Linux");
  }

  private DeviceNames() {}

  static String of(@Nullable String userAgent) {
    if (userAgent == null || userAgent.isBlank()) {
      return UNKNOWN;
    }
    String browser = first(BROWSERS, userAgent);
    String system = first(SYSTEMS, userAgent);
    String program = browser == null ? product(userAgent) : browser;
    return system == null ? program : program + " on " + system;
  }

  private static @Nullable String first(Map<String, String> names, String userAgent) {
    for (Map.Entry<String, String> name : names.entrySet()) {
      if (userAgent.contains(name.getKey())) {
        return name.getValue();
      }
    }
    return null;
  }

  /** The first word, as in {@code curl/8.5.0}, of printable ASCII only. */
  private static String product(String userAgent) {
    String word = userAgent.strip().split("[\\s/;(]", 2)[0].replaceAll("[^ -~]", "");
    if (word.isEmpty()) {
      return UNKNOWN;
    }
    return word.length() <= MAX ? word : word.substring(0, MAX);
  }
}
