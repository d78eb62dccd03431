/** Placement as pure functions over an immutable snapshot: no Spring, no SQL, no clock. */
@NullMarked
@ApplicationModule(allowedDependencies = {"shared"})
package dev.meseta.manager.scheduling;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
