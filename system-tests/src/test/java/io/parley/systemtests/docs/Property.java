package io.parley.systemtests.docs;

/**
 * @param defaultValue empty when there is none
 * @param type in words, with its unit
 * @param meaning one line
 */
record Property(String name, String defaultValue, String type, String meaning) {

  /** In Spring's way: dots become underscores, dashes go. */
  String variable() {
    return name.toUpperCase(java.util.Locale.ROOT).replace("-", "").replace('.', '_');
  }
}
