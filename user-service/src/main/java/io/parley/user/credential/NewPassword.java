package io.parley.user.credential;

import io.parley.common.text.Precis;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;

/**
 * A password that its owner can type again on any system (OpaqueString, RFC 8265), of 10 to 128
 * characters as they are compared. Null passes.
 */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = NewPassword.Validator.class)
public @interface NewPassword {

  String message() default
      "must be 10 to 128 characters that can be typed: no control characters, none that are"
          + " invisible";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Checks {@link NewPassword}. */
  final class Validator implements ConstraintValidator<NewPassword, CharSequence> {

    private static final int MIN = 10;
    private static final int MAX = 128;

    @Override
    public boolean isValid(@Nullable CharSequence text, ConstraintValidatorContext context) {
      return text == null
          || Precis.password(text.toString())
              .filter(password -> !password.isBlank())
              .map(password -> password.codePoints().count())
              .filter(length -> length >= MIN && length <= MAX)
              .isPresent();
    }
  }
}
