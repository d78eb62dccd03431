@NullMarked
package dev.meseta.agent;

import org.jspecify.annotations.NullMarked;
