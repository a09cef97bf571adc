package io.parley.common.text;

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
 * Any language's text: no control characters (line feeds where lines are allowed), no half of a
 * surrogate pair (which UTF-8 can not carry), not only blanks unless empty is allowed. Null passes.
 */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = PlainText.Validator.class)
public @interface PlainText {

  /** In code points. */
  int min() default 1;

  /** In code points. */
  int max();

  boolean lines() default false;

  String message() default "must be {min} to {max} characters of text without control characters";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Checks {@link PlainText}. */
  final class Validator implements ConstraintValidator<PlainText, CharSequence> {

    private int min;
    private int max;
    private boolean lines;

    @Override
    public void initialize(PlainText rule) {
      min = rule.min();
      max = rule.max();
      lines = rule.lines();
    }

    @Override
    public boolean isValid(@Nullable CharSequence text, ConstraintValidatorContext context) {
      if (text == null) {
        return true;
      }
      long length = text.codePoints().count();
      return length >= min
          && length <= max
          && (min == 0 || !text.toString().isBlank())
          && text.codePoints().noneMatch(this::isUnwritable);
    }

    private boolean isUnwritable(int codePoint) {
      return (Character.isISOControl(codePoint) && !(lines && codePoint == '\n'))
          || Character.getType(codePoint) == Character.SURROGATE;
    }
  }
}
