package io.parley.notification.fakefcm;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What was taken and what was refused, for a person who looks. */
final class PushPage {

  private static final int ROWS = 500;

  private static final String STYLE =
      """
      body { font: 14px/1.4 system-ui, sans-serif; margin: 1.5rem; color: #1b1f24; background: #fff }
      h1 { font-size: 1.2rem } h2 { font-size: 1rem; margin-top: 2rem }
      form { margin: 1rem 0 } input[type=search] { width: 28rem; max-width: 60vw; padding: .3rem }
      table { border-collapse: collapse; width: 100% }
      th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #d8dee4 }
      td { overflow-wrap: anywhere } .at { white-space: nowrap } .to { max-width: 16rem }
      pre { margin: .3rem 0 0; white-space: pre-wrap; font-size: 12px } summary { cursor: pointer; color: #57606a }
      .kind { font-weight: 600 } .no { color: #b42318 }
      @media (prefers-color-scheme: dark) { body { color: #e6edf3; background: #0d1117 } th, td { border-color: #30363d } }
      """;

  private PushPage() {}

  static String of(Kept pushes, Kept refusals, List<Rules.Rule> rules, @Nullable String filter) {
    String wanted = filter == null ? "" : filter.strip();
    StringBuilder page = new StringBuilder();
    page.append("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Pushes</title>")
        .append("<meta name=\"viewport\" content=\"width=device-width\"><style>")
        .append(STYLE)
        .append("</style><h1>Pushes that would have left this machine</h1><form>")
        .append("<input type=\"search\" name=\"token\" placeholder=\"part of a token\" value=\"")
        .append(escape(wanted))
        .append("\"> <button>Show</button> <a href=\"/\">all</a></form>");
    rules(page, rules);
    table(page, "Taken", pushes, wanted);
    table(page, "Refused", refusals, wanted);
    return page.append("</html>").toString();
  }

  private static void rules(StringBuilder page, List<Rules.Rule> rules) {
    if (!rules.isEmpty()) {
      page.append("<h2>Told to</h2><pre>");
      rules.forEach(rule -> page.append(escape(Json.write(rule.view()))).append('\n'));
      page.append("</pre>");
    }
  }

  private static void table(StringBuilder page, String title, Kept kept, String wanted) {
    List<Kept.Entry> entries = kept.search(wanted, ROWS);
    page.append("<h2>")
        .append(title)
        .append(": ")
        .append(entries.size())
        .append(" shown, newest first, of ")
        .append(kept.size())
        .append(" kept</h2><table><thead><tr><th>At<th>To<th>Kind<th>Says<th>Badge")
        .append("<th>Everything</thead><tbody>");
    entries.forEach(entry -> row(page, entry));
    page.append("</tbody></table>");
  }

  private static void row(StringBuilder page, Kept.Entry entry) {
    Map<?, ?> all = entry.read();
    Map<?, ?> message = map(all.get("message"));
    Map<?, ?> data = all.containsKey("endpoint") ? message : map(message.get("data"));
    Map<?, ?> notification = map(message.get("notification"));
    Object title = notification.isEmpty() ? data.get("title") : notification.get("title");
    Object body = notification.isEmpty() ? data.get("body") : notification.get("body");
    Object status = all.get("status");
    page.append("<tr><td class=\"at\">")
        .append(text(all.get("at")))
        .append("<td class=\"to\">")
        .append(all.containsKey("endpoint") ? "Web Push " : "")
        .append(escape(entry.to()))
        .append("<td class=\"kind\">")
        .append(text(data.get("kind")))
        .append(status == null ? "" : "<br><span class=\"no\">" + text(status) + "</span>")
        .append("<td><bdi>")
        .append(text(title))
        .append("</bdi><br><bdi>")
        .append(text(body))
        .append("</bdi><td>")
        .append(text(data.get("badge")))
        .append("<td><details><summary>JSON</summary><pre>")
        .append(escape(Json.write(all)))
        .append("</pre></details>");
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static String text(@Nullable Object value) {
    return value == null
        ? ""
        : escape(
            value instanceof Double number && number == Math.rint(number)
                ? Long.toString(number.longValue())
                : value.toString());
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
