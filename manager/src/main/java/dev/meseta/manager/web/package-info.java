/** The outside: security filter chain, problem+json, event stream, OpenAPI. No business code. */
@NullMarked
@ApplicationModule(allowedDependencies = {"shared", "database", "identity", "audit", "certificates", "membership"})
package dev.meseta.manager.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
