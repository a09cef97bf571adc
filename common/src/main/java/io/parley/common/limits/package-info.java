/** Token buckets in Redis, shared by every replica that asks with the same limit and key. */
@NullMarked
package io.parley.common.limits;

import org.jspecify.annotations.NullMarked;
