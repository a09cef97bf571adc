package io.parley.notification.settings;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.ZoneId;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The name of a time zone of the IANA's database; a mere offset is none. */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = ZoneName.Check.class)
@interface ZoneName {

  String message() default "must be a time zone such as Europe/Berlin";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Null passes. */
  final class Check implements ConstraintValidator<ZoneName, String> {

    private static final Set<String> KNOWN = Set.copyOf(ZoneId.getAvailableZoneIds());

    static boolean isKnown(String name) {
      return KNOWN.contains(name);
    }

    @Override
    public boolean isValid(@Nullable String name, ConstraintValidatorContext context) {
      return name == null || isKnown(name);
    }
  }
}
