/** Who may pass to the API: the gateway's check of access tokens. */
@NullMarked
package io.parley.gateway.access;

import org.jspecify.annotations.NullMarked;
