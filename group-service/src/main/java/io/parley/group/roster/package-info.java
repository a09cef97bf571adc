/**
 * Who is in a group, in what role, and who is shut out: the part that every other feature changes
 * through, one change of a group at a time.
 */
@NullMarked
package io.parley.group.roster;

import org.jspecify.annotations.NullMarked;
