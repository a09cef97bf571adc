package io.parley.systemtests.load;

import io.parley.systemtests.processes.Usage;
import java.util.Map;

/**
 * One shape's run.
 *
 * @param usage within the measured time
 * @param memory MB by role, at its end
 */
record Measurement(Shape shape, Tally.Outcome outcome, Usage usage, Map<String, Double> memory) {}
