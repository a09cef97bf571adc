package io.parley.user.email;

import jakarta.validation.Constraint;
import jakarta.validation.Payload;
import jakarta.validation.ReportAsSingleViolation;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Looks like one address; whether it is one, only a mail can tell. The pattern means the same in
 * the API's description, where it is JavaScript's: no control characters, no half of a pair.
 */
@Size(max = 254)
@Pattern(
    regexp =
        "[^\\s@,;<>\"\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff]{1,64}"
            + "@[^\\s@.,;<>\"\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff]+"
            + "(\\.[^\\s@.,;<>\"\\x00-\\x1f\\x7f-\\x9f\\ud800-\\udfff]+)+")
@ReportAsSingleViolation
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = {})
public @interface EmailAddress {

  String message() default "must be an email address";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};
}
