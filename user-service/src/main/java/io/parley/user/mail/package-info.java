/** Mails, and the secrets they carry. */
@NullMarked
package io.parley.user.mail;

import org.jspecify.annotations.NullMarked;
