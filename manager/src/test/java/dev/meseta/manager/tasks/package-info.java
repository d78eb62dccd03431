/** Tests of durable work, and what other modules' tests need of it. */
@NullMarked
package dev.meseta.manager.tasks;

import org.jspecify.annotations.NullMarked;
