package io.parley.notification.device;

import io.parley.common.text.Nickname;
import jakarta.validation.Valid;
import jakarta.validation.constraints.AssertTrue;
import jakarta.validation.constraints.NotNull;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Either a token or a subscription.
 *
 * @param token the FCM registration token
 * @param subscription of Web Push or UnifiedPush
 * @param name what its user calls it
 * @param locale BCP 47: the language of what it shows
 * @param replaces the caller's device whose token or subscription this one takes the place of
 */
record RegisterDevice(
    @DeviceToken @Nullable String token,
    @Valid @Nullable WebPushSubscription subscription,
    @NotNull Platform platform,
    @Nickname(max = 64) @Nullable String name,
    @LanguageTag @Nullable String locale,
    @Nullable DeviceId replaces) {

  RegisterDevice {
    if (name != null) {
      name = Nickname.Validator.mapped(name);
    }
  }

  @AssertTrue(message = "must be a token or a subscription, and not both")
  boolean isReachable() {
    return (token == null) != (subscription == null);
  }

  @Nullable String canonicalLocale() {
    return locale == null
        ? null
        : new Locale.Builder().setLanguageTag(locale).build().toLanguageTag();
  }
}
