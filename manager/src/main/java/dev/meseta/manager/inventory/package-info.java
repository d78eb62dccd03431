/** Data centers, clusters, hosts and VMs: what is desired of them and what was last observed. One writer per column. */
@NullMarked
@ApplicationModule(allowedDependencies = {"shared", "database", "identity", "audit"})
package dev.meseta.manager.inventory;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
