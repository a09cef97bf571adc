@NullMarked
package io.parley.notification.deadletters;

import org.jspecify.annotations.NullMarked;
