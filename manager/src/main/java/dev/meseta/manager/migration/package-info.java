/** Live migration: the phase machine, its policy and its progress. */
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
            "lifecycle",
            "tasks",
            "agents"
        })
package dev.meseta.manager.migration;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
