package io.parley.user.credential;

import com.nulabinc.zxcvbn.Strength;
import com.nulabinc.zxcvbn.Zxcvbn;
import io.parley.common.problems.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.stereotype.Component;

/**
 * How good a password must be: by how many guesses a clever attacker would need (zxcvbn), rather
 * than by which characters it has. Common passwords, in any case, in leet spelling and reversed,
 * are among zxcvbn's lists (30,000 leaked ones, names, words), and so are far too few guesses.
 */
@Component
class PasswordRules {

  /**
   * The time an estimate takes grows faster than the text. What comes later only makes a password
   * better, so the beginning alone must be good enough.
   */
  private static final int ESTIMATED_CHARS = 48;

  /** Of the words that are about the user, each. */
  private static final int PERSONAL_CHARS = 64;

  private final Zxcvbn zxcvbn = new Zxcvbn();
  private final int minScore;

  PasswordRules(PasswordProperties properties) {
    this.minScore = properties.minScore();
  }

  /**
   * @param personal what others know of the user: names, the address
   * @throws ProblemException 400 {@code weak-password}, with {@code suggestions}
   */
  void check(String password, List<String> personal) {
    Strength strength = zxcvbn.measure(beginning(password, ESTIMATED_CHARS), words(personal));
    if (strength.getScore() >= minScore) {
      return;
    }
    List<String> suggestions = new ArrayList<>(strength.getFeedback().getSuggestions(Locale.ROOT));
    String warning = strength.getFeedback().getWarning(Locale.ROOT);
    if (!warning.isEmpty()) {
      suggestions.add(0, warning);
    }
    throw new ProblemException(
        CredentialProblem.WEAK_PASSWORD,
        suggestions.isEmpty() ? null : suggestions.get(0),
        Map.of("suggestions", suggestions, "score", strength.getScore(), "minScore", minScore));
  }

  /** The parts as well: nobody's password should be the name in front of the @. */
  private static List<String> words(List<String> personal) {
    List<String> words = new ArrayList<>();
    for (String text : personal) {
      String known = beginning(text, PERSONAL_CHARS);
      words.add(known);
      for (String part : known.split("[\\s@._]+")) {
        if (part.length() > 2) {
          words.add(part);
        }
      }
    }
    return words;
  }

  private static String beginning(String text, int chars) {
    return text.length() <= chars ? text : text.substring(0, chars);
  }
}
