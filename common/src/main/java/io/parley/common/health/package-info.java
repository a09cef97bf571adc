/** What every process's health has in common: bounded in time, cheap to ask, and graded. */
@NullMarked
package io.parley.common.health;

import org.jspecify.annotations.NullMarked;
