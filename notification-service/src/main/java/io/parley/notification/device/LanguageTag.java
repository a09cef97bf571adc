package io.parley.notification.device;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.IllformedLocaleException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A BCP 47 tag with a language, of at most {@link #MAX_CHARS} characters. */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = LanguageTag.Check.class)
@interface LanguageTag {

  int MAX_CHARS = 35;

  String message() default "must be a BCP 47 language tag, such as de-CH";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Null passes. */
  final class Check implements ConstraintValidator<LanguageTag, String> {

    @Override
    public boolean isValid(@Nullable String tag, ConstraintValidatorContext context) {
      if (tag == null) {
        return true;
      }
      try {
        return tag.length() <= MAX_CHARS
            && !new Locale.Builder().setLanguageTag(tag).build().getLanguage().isEmpty();
      } catch (IllformedLocaleException e) {
        return false;
      }
    }
  }
}
