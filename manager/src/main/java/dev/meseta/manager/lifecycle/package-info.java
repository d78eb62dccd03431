/** Creates, starts, stops, changes and deletes VMs, and brings observed back to desired. */
@NullMarked
@ApplicationModule(
        allowedDependencies = {
            "shared",
            "identity",
            "audit",
            "inventory",
            "placement",
            "scheduling",
            "storage",
            "network",
            "tasks",
            "agents",
            "membership"
        })
package dev.meseta.manager.lifecycle;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
