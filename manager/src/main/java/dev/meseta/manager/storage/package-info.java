/** Storage domains, images and disks. */
@NullMarked
@ApplicationModule(allowedDependencies = {"shared", "database", "identity", "audit", "inventory", "tasks", "agents"})
package dev.meseta.manager.storage;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
