/**
 * Parley's own processes on one machine: for a local run, and for tests that break them on purpose.
 */
@NullMarked
package io.parley.localstack.fleet;

import org.jspecify.annotations.NullMarked;
