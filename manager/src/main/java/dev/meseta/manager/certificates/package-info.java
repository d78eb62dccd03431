/** The manager as a small certificate authority: its keys, what it issued, and secrets sealed at rest. */
@NullMarked
@ApplicationModule(allowedDependencies = {"shared"})
package dev.meseta.manager.certificates;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
