/** Who has blocked whom: a projection of user-service's blocks, kept for direct conversations. */
@NullMarked
package io.parley.message.blocks;

import org.jspecify.annotations.NullMarked;
