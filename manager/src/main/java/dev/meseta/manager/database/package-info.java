/** Where the rows live: an embedded PostgreSQL when no JDBC URL is given, the checks of any other; and how lists are read. */
@NullMarked
@ApplicationModule(allowedDependencies = {"shared"})
package dev.meseta.manager.database;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
