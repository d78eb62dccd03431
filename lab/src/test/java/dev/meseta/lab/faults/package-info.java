@NullMarked
package dev.meseta.lab.faults;

import org.jspecify.annotations.NullMarked;
