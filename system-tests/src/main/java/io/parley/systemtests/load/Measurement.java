package io.parley.systemtests.load;

import io.parley.systemtests.processes.Usage;
import java.time.Duration;
import java.util.Map;

/**
 * One run of traffic.
 *
 * @param name for people
 * @param measured how long
 * @param usage within the measured time
 * @param memory MB by role, at its end
 */
record Measurement(
    String name,
    Duration measured,
    Tally.Outcome outcome,
    Usage usage,
    Map<String, Double> memory) {}
