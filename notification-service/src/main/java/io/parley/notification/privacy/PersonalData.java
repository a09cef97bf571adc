package io.parley.notification.privacy;

import io.parley.common.events.ErasureRequested;
import io.parley.common.ids.UserId;
import io.parley.notification.decision.Notifications;
import io.parley.notification.device.Device;
import io.parley.notification.device.DeviceId;
import io.parley.notification.device.Devices;
import io.parley.notification.digest.DigestRecord;
import io.parley.notification.digest.Digests;
import io.parley.notification.push.Pushes;
import io.parley.notification.settings.OwnSettings;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that this service holds on a user: devices, what was pushed to them, what was decided,
 * settings, and up to when a mail has told of what was missed. Records of mails hold nobody's name
 * or address; what waits in a queue ends there by itself, after 14 days at most.
 */
@Service
class PersonalData {

  private final Devices devices;
  private final Pushes pushes;
  private final Notifications notifications;
  private final OwnSettings settings;
  private final Digests digests;
  private final ErasureRecords records;
  private final JsonMapper json;

  PersonalData(
      Devices devices,
      Pushes pushes,
      Notifications notifications,
      OwnSettings settings,
      Digests digests,
      ErasureRecords records,
      JsonMapper json) {
    this.devices = devices;
    this.pushes = pushes;
    this.notifications = notifications;
    this.settings = settings;
    this.digests = digests;
    this.records = records;
    this.json = json;
  }

  /**
   * May be repeated.
   *
   * @return how much was erased, by kind
   */
  @Transactional
  public Map<String, Long> erase(ErasureRequested request) {
    UserId user = request.userId();
    records.lock(user);
    List<DeviceId> theirs = devices.of(List.of(user)).stream().map(Device::id).toList();
    long erasedNotifications = notifications.erase(user);
    long erasedPushes = pushes.erase(user, theirs);
    long erasedDevices = devices.erase(user);
    long erasedSettings = settings.erase(user);
    digests.erase(user);
    return records.record(
        user,
        request.erasureId(),
        erasedDevices,
        erasedPushes,
        erasedNotifications,
        erasedSettings);
  }

  /** Writes one JSON object, row by row: pushes may be many. */
  @Transactional(readOnly = true)
  public void export(UserId user, OutputStream out) {
    List<Device> theirs = devices.of(List.of(user));
    try (JsonGenerator generator = json.createGenerator(out)) {
      generator.writeStartObject();
      generator.writeArrayPropertyStart("devices");
      theirs.forEach(device -> generator.writePOJO(DeviceExport.of(device)));
      generator.writeEndArray();
      generator.writeArrayPropertyStart("pushes");
      pushes.each(user, theirs.stream().map(Device::id).toList(), generator::writePOJO);
      generator.writeEndArray();
      generator.writeArrayPropertyStart("notifications");
      notifications.each(user, generator::writePOJO);
      generator.writeEndArray();
      exportSettings(user, generator);
      DigestRecord digest = digests.record(user);
      if (digest != null) {
        generator.writePOJOProperty("digest", digest);
      }
      generator.writeEndObject();
    }
  }

  /**
   * {@code notificationSettings}, absent when nothing was set, and {@code notificationOverrides}.
   */
  private void exportSettings(UserId user, JsonGenerator generator) {
    List<Object> overrides = new ArrayList<>();
    settings.each(
        user, all -> generator.writePOJOProperty("notificationSettings", all), overrides::add);
    generator.writeArrayPropertyStart("notificationOverrides");
    overrides.forEach(generator::writePOJO);
    generator.writeEndArray();
  }
}
