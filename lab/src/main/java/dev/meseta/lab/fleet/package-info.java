/** Simulated hosts beside the lab's real ones: their process, their enrolment and the orders one can give them. */
@NullMarked
package dev.meseta.lab.fleet;

import org.jspecify.annotations.NullMarked;
