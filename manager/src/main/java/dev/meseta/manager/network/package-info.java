/** Networks that span hosts, MAC and IP addresses of NICs. */
@NullMarked
@ApplicationModule(allowedDependencies = {"shared", "database", "identity", "audit", "inventory", "tasks", "agents"})
package dev.meseta.manager.network;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
