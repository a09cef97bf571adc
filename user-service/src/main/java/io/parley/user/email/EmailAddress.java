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

/** Looks like one address; whether it is one, only a mail can tell. */
@Size(max = 254)
@Pattern(
    regexp =
        "[^\\s@,;<>\"\\p{Cc}\\p{Cs}]{1,64}"
            + "@[^\\s@.,;<>\"\\p{Cc}\\p{Cs}]+(\\.[^\\s@.,;<>\"\\p{Cc}\\p{Cs}]+)+")
@ReportAsSingleViolation
@Target({ElementType.FIELD, ElementType.PARAMETER, ElementType.RECORD_COMPONENT})
@Retention(RetentionPolicy.RUNTIME)
@Constraint(validatedBy = {})
public @interface EmailAddress {

  String message() default "must be an email address";

  Class<?>[] groups() default {};

  Class<? extends Payload>[] payload() default {};
}
