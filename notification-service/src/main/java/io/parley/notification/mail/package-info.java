/** Consumes requested mails and sees to it that each is sent once, expires, or is a dead letter. */
@NullMarked
package io.parley.notification.mail;

import org.jspecify.annotations.NullMarked;
