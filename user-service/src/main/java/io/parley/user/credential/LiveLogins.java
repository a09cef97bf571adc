package io.parley.user.credential;

import io.parley.common.access.Caller;

/** Which logins have not ended: a matter of sessions, which build on this feature. */
public interface LiveLogins {

  /**
   * Whether the login that a token belongs to has not been ended; if so it is not until the
   * transaction ends.
   */
  boolean hold(Caller caller);
}
