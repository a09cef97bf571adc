/** Keeping order: bans, and reports of what goes wrong. */
@NullMarked
package io.parley.group.moderation;

import org.jspecify.annotations.NullMarked;
