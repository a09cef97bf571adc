package io.parley.gateway.edge;

import io.parley.common.problems.CommonProblem;
import io.parley.common.problems.ProblemException;

/**
 * A path must mean the same to the gateway and to every server behind it. So a path that one of
 * them might normalise or decode into another one is refused here, before a route is chosen: empty
 * and dot segments, matrix parameters, backslashes, control characters, and any of these, a slash
 * or a percent sign in encoded form. Nor may a letter, digit, hyphen or underscore be encoded: what
 * begins with {@code /%61pi/} is the API to some readers and not to others.
 */
final class SafePath {

  private SafePath() {}

  /**
   * @throws ProblemException 400 {@code invalid-request}
   */
  static void check(String rawPath) {
    if (!isSafe(rawPath)) {
      throw new ProblemException(CommonProblem.INVALID_REQUEST, "The path is ambiguous");
    }
  }

  static boolean isSafe(String rawPath) {
    int segmentStart = 1;
    for (int i = 0; i < rawPath.length(); i++) {
      char c = rawPath.charAt(i);
      if (c == '%') {
        if (i + 2 >= rawPath.length()
            || !isHarmless(rawPath.charAt(i + 1), rawPath.charAt(i + 2))) {
          return false;
        }
        i += 2;
      } else if (c == ';' || c == '\\' || c <= ' ' || c >= 0x7f) {
        return false;
      } else if (c == '/' && i > 0) {
        if (isEmptyOrDots(rawPath, segmentStart, i)) {
          return false;
        }
        segmentStart = i + 1;
      }
    }
    return rawPath.startsWith("/")
        && (segmentStart >= rawPath.length()
            || !isEmptyOrDots(rawPath, segmentStart, rawPath.length()));
  }

  private static boolean isEmptyOrDots(String path, int from, int to) {
    int length = to - from;
    return length == 0 || (length <= 2 && path.charAt(from) == '.' && path.charAt(to - 1) == '.');
  }

  private static boolean isHarmless(char high, char low) {
    int value = Character.digit(high, 16) * 16 + Character.digit(low, 16);
    return Character.digit(high, 16) >= 0
        && Character.digit(low, 16) >= 0
        && value > ' '
        && value != 0x7f
        && "./\\;%-_".indexOf(value) < 0
        && !isAsciiLetterOrDigit(value);
  }

  private static boolean isAsciiLetterOrDigit(int value) {
    return value < 0x80 && Character.isLetterOrDigit(value);
  }
}
