/** The verbs of the command line. */
@NullMarked
package dev.meseta.lab.command;

import org.jspecify.annotations.NullMarked;
