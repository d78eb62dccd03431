/** Words every module shares: error codes, problems, paging. No beans, no state. */
@NullMarked
@ApplicationModule(
        type = ApplicationModule.Type.OPEN,
        allowedDependencies = {})
package dev.meseta.manager.shared;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
