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
 * A name that is shown to others, as {@link Precis#nickname} has it: of people, groups, bots,
 * devices. Null passes. Records map it when they are made, by {@link Validator#mapped}.
 */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Nickname.Validator.class)
public @interface Nickname {

  /** In code points, of the mapped name. */
  int max();

  String message() default
      "must be 1 to {max} characters of which something is seen: none that are invisible or turn the"
          + " direction of text, and no piles of marks";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Checks {@link Nickname}. */
  final class Validator implements ConstraintValidator<Nickname, CharSequence> {

    private int max;

    @Override
    public void initialize(Nickname rule) {
      max = rule.max();
    }

    @Override
    public boolean isValid(@Nullable CharSequence text, ConstraintValidatorContext context) {
      return text == null
          || Precis.nickname(text.toString())
              .filter(name -> name.codePointCount(0, name.length()) <= max)
              .isPresent();
    }

    /** As it is kept; what is no name stays as it is, to be refused. */
    public static String mapped(String typed) {
      return Precis.nickname(typed).orElse(typed);
    }
  }
}
