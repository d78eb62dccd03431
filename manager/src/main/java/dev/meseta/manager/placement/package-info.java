/** Takes a proposal of scheduling, verifies it against the database and commits the reservation in one transaction. */
@NullMarked
@ApplicationModule(allowedDependencies = {"shared", "scheduling", "inventory"})
package dev.meseta.manager.placement;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
