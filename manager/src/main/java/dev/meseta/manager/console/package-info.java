/** Consoles of VMs: tickets that open one once, and the bytes between a person's browser and the host. */
@NullMarked
@ApplicationModule(allowedDependencies = {"shared", "identity", "audit", "inventory", "agents"})
package dev.meseta.manager.console;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
