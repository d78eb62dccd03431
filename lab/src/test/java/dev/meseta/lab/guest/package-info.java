@NullMarked
package dev.meseta.lab.guest;

import org.jspecify.annotations.NullMarked;
