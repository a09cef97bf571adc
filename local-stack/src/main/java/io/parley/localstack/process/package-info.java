/**
 * Child processes that cannot outlive the process that started them, and the ports they listen on.
 */
@NullMarked
package io.parley.localstack.process;

import org.jspecify.annotations.NullMarked;
