/** Where mail reaches users, for services that write mails of their own. */
@NullMarked
package io.parley.user.mailbox;

import org.jspecify.annotations.NullMarked;
