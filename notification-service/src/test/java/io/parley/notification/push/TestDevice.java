package io.parley.notification.push;

import io.parley.notification.device.Channel;
import io.parley.notification.device.Device;
import io.parley.notification.device.Platform;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.test.util.ReflectionTestUtils;

/** A row as JPA makes it. */
public final class TestDevice extends Device {

  static Device of(String token, Platform platform, @Nullable String locale) {
    Device device = new TestDevice();
    set(device, "id", UUID.randomUUID());
    set(device, "channel", Channel.FCM);
    set(device, "platform", platform);
    set(device, "token", token);
    set(device, "locale", locale);
    return device;
  }

  public static Device webPush(String endpoint, byte[] p256dh, byte[] auth) {
    Device device = of(endpoint, Platform.WEB, "de");
    set(device, "channel", Channel.WEB_PUSH);
    set(device, "p256dh", p256dh);
    set(device, "auth", auth);
    return device;
  }

  private static void set(Device device, String field, @Nullable Object value) {
    ReflectionTestUtils.setField(device, Device.class, field, value, null);
  }
}
