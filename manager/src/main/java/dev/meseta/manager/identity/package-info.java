/** Who somebody is and what they may do: accounts, factors, sessions, API tokens, permissions. */
@NullMarked
@ApplicationModule(allowedDependencies = {"shared", "database", "audit", "certificates"})
package dev.meseta.manager.identity;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
