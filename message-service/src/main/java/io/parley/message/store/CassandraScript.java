package io.parley.message.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * A file {@code V<n>__<name>.cql}, or {@code U<n>__<name>.cql} that undoes it. Cassandra has no
 * transactions for DDL: a file that broke off is run again from its beginning, so each statement
 * must be one that may be repeated.
 *
 * @param statements without remarks, blanks put together
 * @param checksum SHA-256 of the statements, hexadecimal
 */
record CassandraScript(int version, String name, List<String> statements, String checksum) {

  private static final Pattern FILE =
      Pattern.compile("[VU]([1-9][0-9]{0,8})__([a-z0-9][a-z0-9_]*)\\.cql");

  private static final Pattern REPEATABLE =
      Pattern.compile(
          "CREATE .*\\bIF NOT EXISTS .*|DROP .*\\bIF EXISTS .*"
              + "|ALTER (TABLE|TYPE) \\S+ (ADD IF NOT EXISTS|DROP IF EXISTS|RENAME IF EXISTS|WITH) .*"
              + "|ALTER TABLE \\S+ ALTER .*|(INSERT|UPDATE|DELETE) .*");

  /**
   * @param prefix V or U
   * @param folder a location of Spring's
   * @return by version
   */
  static SortedMap<Integer, CassandraScript> read(String prefix, String folder) {
    SortedMap<Integer, CassandraScript> scripts = new TreeMap<>();
    try {
      for (Resource file :
          new PathMatchingResourcePatternResolver().getResources(folder + "/" + prefix + "*.cql")) {
        String name = String.valueOf(file.getFilename());
        CassandraScript script = of(name, file.getContentAsString(StandardCharsets.UTF_8));
        if (scripts.put(script.version(), script) != null) {
          throw new IllegalArgumentException("two files have the number of " + name);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return scripts;
  }

  /**
   * @throws IllegalArgumentException when the name or a statement is not as it must be
   */
  static CassandraScript of(String file, String text) {
    Matcher parts = FILE.matcher(file);
    if (!parts.matches()) {
      throw new IllegalArgumentException(
          file + " must be called V<number>__<name>.cql, the name in a-z, 0-9 and _");
    }
    List<String> statements = statements(file, text);
    for (String statement : statements) {
      if (!REPEATABLE.matcher(statement.toUpperCase(Locale.ROOT)).matches()) {
        throw new IllegalArgumentException(
            file + " has a statement that may not be repeated (IF [NOT] EXISTS): " + statement);
      }
    }
    return new CassandraScript(
        Integer.parseInt(parts.group(1)),
        parts.group(2).replace('_', ' '),
        statements,
        checksum(statements));
  }

  /** Takes the text apart at each {@code ;} that is in no string, name, function or remark. */
  private static List<String> statements(String file, String text) {
    List<String> statements = new ArrayList<>();
    StringBuilder statement = new StringBuilder();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      if (text.startsWith("--", at) || text.startsWith("//", at)) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (text.startsWith("/*", at)) {
        at = end(file, text, at, "*/");
      } else if (c == '\'' || c == '"' || text.startsWith("$$", at)) {
        int end = end(file, text, at, c == '$' ? "$$" : String.valueOf(c));
        statement.append(text, at, end);
        at = end;
      } else {
        if (c == ';') {
          add(statement, statements);
        } else if (!Character.isWhitespace(c)) {
          statement.append(c);
        } else if (!statement.isEmpty() && statement.charAt(statement.length() - 1) != ' ') {
          statement.append(' ');
        }
        at++;
      }
    }
    add(statement, statements);
    return List.copyOf(statements);
  }

  private static int end(String file, String text, int start, String mark) {
    int end = text.indexOf(mark, start + mark.length());
    if (end < 0) {
      throw new IllegalArgumentException(file + " has a " + mark + " too few");
    }
    return end + mark.length();
  }

  private static void add(StringBuilder statement, List<String> statements) {
    String whole = statement.toString().strip();
    statement.setLength(0);
    if (!whole.isEmpty()) {
      statements.add(whole);
    }
  }

  private static String checksum(List<String> statements) {
    try {
      byte[] text = String.join(";\n", statements).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
