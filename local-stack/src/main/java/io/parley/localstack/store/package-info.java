/**
 * The four stores as real servers: how each is found, started, asked whether it answers, and
 * stopped.
 */
@NullMarked
package io.parley.localstack.store;

import org.jspecify.annotations.NullMarked;
