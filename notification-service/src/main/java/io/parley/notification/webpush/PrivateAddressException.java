package io.parley.notification.webpush;

import java.net.UnknownHostException;

/** A host that has an address, but none that this service may connect to. */
final class PrivateAddressException extends UnknownHostException {

  private static final long serialVersionUID = 1L;

  PrivateAddressException(String host) {
    super(host + " has no public address");
  }
}
