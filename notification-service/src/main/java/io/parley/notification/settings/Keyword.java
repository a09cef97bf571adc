package io.parley.notification.settings;

import io.parley.common.text.PlainText;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.jspecify.annotations.Nullable;

/** 1 to {@link #MAX} code points as of {@link PlainText}, something of which can be found. */
@Target(ElementType.TYPE_USE)
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Keyword.Check.class)
@interface Keyword {

  int MAX = 60;

  String message() default "must be 1 to 60 visible characters without control characters";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Null is left to NotNull. */
  final class Check implements ConstraintValidator<Keyword, String> {

    @Override
    public boolean isValid(@Nullable String keyword, ConstraintValidatorContext context) {
      return keyword == null
          || (keyword.codePointCount(0, keyword.length()) <= MAX
              && keyword.codePoints().noneMatch(Check::isUnwritable)
              && !new KeywordText(keyword).folded().isEmpty());
    }

    private static boolean isUnwritable(int codePoint) {
      return Character.isISOControl(codePoint)
          || Character.getType(codePoint) == Character.SURROGATE;
    }
  }
}
