package io.parley.message;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The table of docs/api/access.md that follows a heading: what each who is in the header gets from
 * each call, which is the first column.
 */
final class AccessTable {

  private static final Path PAGE =
      Path.of(System.getProperty("parley.root", ".."), "docs/api/access.md");

  private final List<String> lines;
  private final int start;
  private final List<String> columns;
  private final Map<String, Map<String, String>> rows = new LinkedHashMap<>();

  private AccessTable(List<String> lines, int start) {
    this.lines = lines;
    this.start = start;
    List<String> header = cells(lines.get(start));
    this.columns = header.subList(1, header.size());
    for (int i = start + 2; i < lines.size() && lines.get(i).startsWith("|"); i++) {
      List<String> cells = cells(lines.get(i));
      Map<String, String> row = new LinkedHashMap<>();
      for (int c = 0; c < columns.size(); c++) {
        row.put(columns.get(c), c + 1 < cells.size() ? cells.get(c + 1) : "");
      }
      rows.put(cells.get(0), row);
    }
  }

  static AccessTable below(String heading) throws IOException {
    List<String> lines = Files.readAllLines(PAGE);
    int at = lines.indexOf("## " + heading);
    while (!lines.get(at).startsWith("|")) {
      at++;
    }
    return new AccessTable(lines, at);
  }

  List<String> columns() {
    return columns;
  }

  /** By calls; each by columns. */
  Map<String, Map<String, String>> rows() {
    return rows;
  }

  /** Writes what was found in the place of what the page says. */
  void write(Map<String, Map<String, String>> found) throws IOException {
    List<List<String>> table = new ArrayList<>();
    for (String call : rows.keySet()) {
      List<String> row = new ArrayList<>(List.of(call));
      columns.forEach(column -> row.add(found.get(call).get(column)));
      table.add(row);
    }
    List<String> written = new ArrayList<>(lines.subList(0, start + 2));
    table.forEach(row -> written.add("| " + String.join(" | ", row) + " |"));
    written.addAll(lines.subList(start + 2 + rows.size(), lines.size()));
    Files.write(PAGE, written);
  }

  private static List<String> cells(String line) {
    return Arrays.stream(line.substring(1, line.lastIndexOf('|')).split("\\|"))
        .map(String::strip)
        .toList();
  }
}
