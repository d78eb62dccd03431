/** Hosts as the manager reaches them: certificates, enrolment, commands, the watch of every host. The only importer of generated stubs. */
@NullMarked
@ApplicationModule(allowedDependencies = {"shared", "identity", "inventory", "audit", "certificates", "membership"})
package dev.meseta.manager.agents;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
