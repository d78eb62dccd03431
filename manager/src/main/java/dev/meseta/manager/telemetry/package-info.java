/** What the manager tells monitoring systems of itself and of what it manages: metrics in Prometheus' text format. */
@NullMarked
@ApplicationModule(allowedDependencies = {"shared", "identity"})
package dev.meseta.manager.telemetry;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
