package io.parley.notification.privacy;

import io.parley.common.events.ErasureRequested;
import io.parley.common.ids.UserId;
import io.parley.notification.device.Device;
import io.parley.notification.device.DeviceId;
import io.parley.notification.device.Devices;
import io.parley.notification.push.Pushes;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that this service holds on a user: devices, and what was pushed to them. Records of mails
 * hold nobody's name or address; what waits in a queue ends there by itself, after 14 days at most.
 */
@Service
class PersonalData {

  private final Devices devices;
  private final Pushes pushes;
  private final ErasureRecords records;
  private final JsonMapper json;

  PersonalData(Devices devices, Pushes pushes, ErasureRecords records, JsonMapper json) {
    this.devices = devices;
    this.pushes = pushes;
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
    long erasedPushes = pushes.erase(theirs);
    long erasedDevices = devices.erase(user);
    return records.record(user, request.erasureId(), erasedDevices, erasedPushes);
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
      pushes.each(theirs.stream().map(Device::id).toList(), generator::writePOJO);
      generator.writeEndArray();
      generator.writeEndObject();
    }
  }
}
