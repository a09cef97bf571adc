/**
 * Compiles the services' sources as they change, for the containers of {@code
 * docker-compose.dev.yml}. It is run from source, so it needs nothing but a JDK and JSpecify.
 */
@NullMarked
package io.parley.localstack.reload;

import org.jspecify.annotations.NullMarked;
