package dev.meseta.manager.identity;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** A REST operation that needs a factor shown lately, beside its permission. Asking what would happen (dryRun) does not. */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface RequiresStepUp {

    DangerousVerb value();

    /** Whether it is dangerous for what the path names as {@code id}; by default for everything. */
    Class<? extends StepUpCondition> when() default StepUpCondition.class;
}
