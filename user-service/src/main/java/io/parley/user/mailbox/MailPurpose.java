package io.parley.user.mailbox;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What an address is asked for; anything else is refused. */
enum MailPurpose {
  /** A mail of what somebody has missed. */
  @JsonProperty("digest")
  DIGEST
}
