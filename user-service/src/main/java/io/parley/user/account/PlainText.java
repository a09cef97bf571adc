package io.parley.user.account;

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
 * One line of any language's text: no control characters, no half of a surrogate pair (which UTF-8
 * can not carry), not only blanks. Null passes.
 */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = PlainText.Validator.class)
public @interface PlainText {

  /** In code points. */
  int min() default 1;

  /** In code points. */
  int max();

  String message() default "must be {min} to {max} characters of text without control characters";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Checks {@link PlainText}. */
  final class Validator implements ConstraintValidator<PlainText, CharSequence> {

    private int min;
    private int max;

    @Override
    public void initialize(PlainText rule) {
      min = rule.min();
      max = rule.max();
    }

    @Override
    public boolean isValid(@Nullable CharSequence text, ConstraintValidatorContext context) {
      if (text == null) {
        return true;
      }
      long length = text.codePoints().count();
      return length >= min
          && length <= max
          && !text.toString().isBlank()
          && text.codePoints().noneMatch(Validator::isUnwritable);
    }

    private static boolean isUnwritable(int codePoint) {
      return Character.isISOControl(codePoint)
          || Character.getType(codePoint) == Character.SURROGATE;
    }
  }
}
