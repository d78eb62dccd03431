/** Which managers are alive: leases in the database, the term that fences dead ones, which life of a manager this is. */
@NullMarked
@ApplicationModule(allowedDependencies = {"shared", "database", "identity"})
package dev.meseta.manager.membership;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
