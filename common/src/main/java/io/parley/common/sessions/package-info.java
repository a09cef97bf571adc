/**
 * Sessions that have ended before their access tokens: told by user-service, followed by every
 * process that serves users.
 */
@NullMarked
package io.parley.common.sessions;

import org.jspecify.annotations.NullMarked;
