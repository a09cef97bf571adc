/**
 * OpenAPI 3.1 at {@code /openapi.json} of each servlet service, generated from its controllers:
 * what a method's annotations do not say (scopes, problems, examples) is added here.
 */
@NullMarked
package io.parley.common.openapi;

import org.jspecify.annotations.NullMarked;
