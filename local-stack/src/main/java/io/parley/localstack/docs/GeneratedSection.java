package io.parley.localstack.docs;

import io.parley.localstack.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A part of a page that is made from code: what stands between {@code <!-- begin NAME -->} and
 * {@code <!-- end NAME -->}. With {@code -Dparley.docs.write=true} it is put there.
 *
 * @param page in the checkout: {@code docs/operate/metrics.md}
 */
public record GeneratedSection(String page, String name) {

  private static final String WRITE = "parley.docs.write";

  /**
   * What the page has there, after it was written when that is asked for.
   *
   * @param made what the code says
   * @throws IllegalStateException when the page has no such section
   */
  public String after(String made) {
    Path file = Checkout.root().resolve(page);
    try {
      String text = Files.readString(file);
      String begin = "<!-- begin " + name + " -->\n";
      int from = text.indexOf(begin);
      int to = text.indexOf("<!-- end " + name + " -->");
      if (from < 0 || to < from) {
        throw new IllegalStateException(page + " has no section " + name);
      }
      from += begin.length();
      if (Boolean.getBoolean(WRITE)) {
        Files.writeString(file, text.substring(0, from) + made + text.substring(to));
        return made;
      }
      return text.substring(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What to do when the two differ. */
  public String advice() {
    return page + " does not say what the code does: run this test with -D" + WRITE + "=true";
  }
}
