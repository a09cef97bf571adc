package io.parley.user.session;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/**
 * From where a login is used, for its owner to recognise.
 *
 * @param device what the client calls itself; otherwise made of its User-Agent
 * @param address as the gateway saw it
 */
record Client(String device, String address) {

  private static final int MAX_ADDRESS = 64;

  static Client of(HttpServletRequest request, @Nullable String deviceName) {
    String device =
        deviceName == null
            ? DeviceNames.of(request.getHeader(HttpHeaders.USER_AGENT))
            : deviceName.strip();
    String address = String.valueOf(request.getRemoteAddr());
    return new Client(
        device, address.length() <= MAX_ADDRESS ? address : address.substring(0, MAX_ADDRESS));
  }
}
