package io.parley.notification.device;

import io.parley.common.access.Caller;
import io.parley.common.access.RequiresScope;
import io.parley.common.access.Scope;
import io.parley.common.edge.Page;
import io.parley.common.problems.Refuses;
import io.parley.notification.device.Devices.Registration;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** A user's own devices; nobody else's are visible here. */
@RestController
@Tag(name = "device", description = "The caller's devices, which get pushes")
@RequestMapping("/api/v1/devices")
@RequiresScope(Scope.NOTIFICATIONS_MANAGE)
class DeviceController {

  private final Devices devices;

  DeviceController(Devices devices) {
    this.devices = devices;
  }

  /** 201, or 200 when the user has registered this token, or the one it replaces, before. */
  @PostMapping
  @Operation(summary = "Register a device, so that it gets pushes")
  @ApiResponse(responseCode = "201", description = "The device is new")
  @ApiResponse(
      responseCode = "200",
      description = "The caller had registered this token, or the device it replaces, before")
  ResponseEntity<DeviceView> register(Caller caller, @Valid @RequestBody RegisterDevice command) {
    Registration registration = devices.register(caller, command);
    return ResponseEntity.status(registration.created() ? HttpStatus.CREATED : HttpStatus.OK)
        .body(registration.device());
  }

  @GetMapping
  @Operation(summary = "The caller's devices")
  Page<DeviceView> list(Caller caller) {
    // A user's devices are few enough for one page.
    return new Page<>(devices.list(caller), null);
  }

  @DeleteMapping("/{id}")
  @Operation(summary = "Remove a device, so that it gets no more pushes")
  @Refuses("not-found")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void remove(Caller caller, @PathVariable DeviceId id) {
    devices.remove(caller.id(), id);
  }
}
