/** Real databases for tests. */
@NullMarked
package dev.meseta.manager.database;

import org.jspecify.annotations.NullMarked;
