@NullMarked
package dev.meseta.lab.command;

import org.jspecify.annotations.NullMarked;
