/** Runs programs by argument vector and waits for outside conditions. */
@NullMarked
package dev.meseta.lab.process;

import org.jspecify.annotations.NullMarked;
