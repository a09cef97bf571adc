/** Distributed traces, by OpenTelemetry. Off unless somebody says where the collector is. */
@NullMarked
package io.parley.common.traces;

import org.jspecify.annotations.NullMarked;
