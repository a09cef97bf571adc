package io.parley.user.account;

import io.parley.common.text.Precis;
import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A username: mapped by UsernameCaseMapped (RFC 8265), and of that what can be mentioned in any
 * text and typed on any keyboard: ASCII, with a letter or digit, and no period that might be a
 * sentence's. Null passes.
 */
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = Username.Validator.class)
public @interface Username {

  String message() default
      "must be 3 to 32 of the characters a-z, 0-9, _ and ., one of them a letter or a digit, without"
          + " a period at either end or two in a row";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};

  /** Checks {@link Username}. */
  final class Validator implements ConstraintValidator<Username, CharSequence> {

    private static final Pattern USERNAME =
        Pattern.compile("(?=.{3,32}$)(?=.*[a-z0-9])[a-z0-9_]+(\\.[a-z0-9_]+)*");

    @Override
    public boolean isValid(@Nullable CharSequence text, ConstraintValidatorContext context) {
      return text == null || USERNAME.matcher(mapped(text.toString())).matches();
    }

    /** As it is kept; what is no username stays as it is. */
    public static String mapped(String typed) {
      return Precis.username(typed).orElse(typed);
    }
  }
}
