/** Append-only record of who did what. */
@NullMarked
@ApplicationModule(allowedDependencies = {"shared"})
package dev.meseta.manager.audit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
