/** Append-only, hash-chained and signed record of who did what. */
@NullMarked
@ApplicationModule(allowedDependencies = {"shared", "database", "certificates", "membership"})
package dev.meseta.manager.audit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
