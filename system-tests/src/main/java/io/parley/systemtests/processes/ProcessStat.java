package io.parley.systemtests.processes;

/**
 * One line of {@code /proc/<pid>/stat}, see proc_pid_stat(5).
 *
 * @param name of the command, without its arguments
 * @param ownSeconds user and system time
 * @param childrenSeconds the same of those of its children that have ended
 */
record ProcessStat(long pid, String name, long parent, double ownSeconds, double childrenSeconds) {

  /** USER_HZ, which is 100 on every architecture that a JDK 25 runs on. */
  static final double TICKS_PER_SECOND = 100.0;

  static ProcessStat of(String line) {
    // The name may have blanks and brackets in it.
    int name = line.indexOf('(');
    int rest = line.lastIndexOf(')');
    String[] fields = line.substring(rest + 2).split(" ", -1);
    return new ProcessStat(
        Long.parseLong(line.substring(0, name - 1)),
        line.substring(name + 1, rest),
        Long.parseLong(fields[1]),
        (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND,
        (Long.parseLong(fields[13]) + Long.parseLong(fields[14])) / TICKS_PER_SECOND);
  }

  /** With its ended children: so the time of one that ends between two readings is not lost. */
  double cpuSeconds() {
    return ownSeconds + childrenSeconds;
  }
}
