/** Durable long-running work. A task is a row with a phase; a handler is a function from a task to the next step. Knows no domain. */
@NullMarked
@ApplicationModule(allowedDependencies = {"shared", "database", "audit", "identity", "membership"})
package dev.meseta.manager.tasks;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
