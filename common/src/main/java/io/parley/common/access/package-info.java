/** Who is calling: access tokens of users and service tokens of the fleet. */
@NullMarked
package io.parley.common.access;

import org.jspecify.annotations.NullMarked;
