/** East-west traffic: takes in what the vNICs of hosts saw, names both ends, keeps sums by minute, hour and day, and answers. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {"shared", "database", "identity", "membership", "inventory", "network", "agents", "audit"
        })
package dev.meseta.manager.flows;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
