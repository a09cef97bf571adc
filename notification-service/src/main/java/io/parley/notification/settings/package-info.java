/** How users want to be notified: levels, keywords, quiet hours, previews and the digest. */
@NullMarked
package io.parley.notification.settings;

import org.jspecify.annotations.NullMarked;
