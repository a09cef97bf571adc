package io.parley.systemtests.processes;

/**
 * One line of {@code /proc/<pid>/stat}, see proc_pid_stat(5).
 *
 * @param cpuSeconds user and system time of the process and of those of its children that it has
 *     waited for, so that the time of one that ends is not lost between two readings
 */
record ProcessStat(long pid, long parent, double cpuSeconds) {

  /** USER_HZ, which is 100 on every architecture that a JDK 25 runs on. */
  static final double TICKS_PER_SECOND = 100.0;

  static ProcessStat of(String line) {
    // The command's name, the second field, may have blanks and brackets in it.
    int name = line.indexOf('(');
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = 0;
    for (int i = 11; i <= 14; i++) {
      ticks += Long.parseLong(fields[i]);
    }
    return new ProcessStat(
        Long.parseLong(line.substring(0, name - 1)),
        Long.parseLong(fields[1]),
        ticks / TICKS_PER_SECOND);
  }
}
