/** A stand-in for FCM with nothing but the JDK: for tests in-process, for local runs as a jar. */
@NullMarked
package io.parley.notification.fakefcm;

import org.jspecify.annotations.NullMarked;
