/** The engine on a real PostgreSQL. */
@NullMarked
package dev.meseta.manager.tasks.internal;

import org.jspecify.annotations.NullMarked;
