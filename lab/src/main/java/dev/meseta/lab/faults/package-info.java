/**
 * Fault injection: many clients work on a data center while its parts are killed, stopped and cut off; then a checker reads
 * what happened and says which named properties were broken.
 */
@NullMarked
package dev.meseta.lab.faults;

import org.jspecify.annotations.NullMarked;
