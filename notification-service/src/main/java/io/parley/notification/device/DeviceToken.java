package io.parley.notification.device;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;

/** 1 to {@link #MAX_CHARS} characters, well-formed, none of them a control character or blank. */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = DeviceToken.Check.class)
@interface DeviceToken {

  int MAX_CHARS = 4096;

  String message() default "must have 1 to 4096 characters, no white space or control character";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Null is left to NotNull. */
  final class Check implements ConstraintValidator<DeviceToken, String> {

    @Override
    public boolean isValid(@Nullable String token, ConstraintValidatorContext context) {
      return token == null
          || (!token.isEmpty()
              && token.length() <= MAX_CHARS
              && token.codePoints().allMatch(Check::isAllowed));
    }

    private static boolean isAllowed(int codePoint) {
      return !Character.isISOControl(codePoint)
          && !Character.isWhitespace(codePoint)
          && !Character.isSpaceChar(codePoint)
          && Character.getType(codePoint) != Character.SURROGATE;
    }
  }
}
