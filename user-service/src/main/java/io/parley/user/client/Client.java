package io.parley.user.client;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

/**
 * From where an account is used, for its owner to recognise.
 *
 * @param device what the client calls itself; otherwise made of its User-Agent
 * @param address as the gateway saw it
 */
public record Client(String device, String address) {

  private static final int MAX_ADDRESS = 64;

  public static Client of(HttpServletRequest request, @Nullable String deviceName) {
    String device =
        deviceName == null
            ? DeviceNames.of(request.getHeader(HttpHeaders.USER_AGENT))
            : deviceName.strip();
    String address = String.valueOf(request.getRemoteAddr());
    return new Client(
        device, address.length() <= MAX_ADDRESS ? address : address.substring(0, MAX_ADDRESS));
  }

  /** Of the request that is being answered by this thread; null when there is none. */
  public static @Nullable Client current() {
    return RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes request
        ? of(request.getRequest(), null)
        : null;
  }
}
