/** The engine: rows, worker, db-scheduler. */
@NullMarked
package dev.meseta.manager.tasks.internal;

import org.jspecify.annotations.NullMarked;
