@NullMarked
package dev.meseta.lab.host;

import org.jspecify.annotations.NullMarked;
