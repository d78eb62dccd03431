@NullMarked
package dev.meseta.agent.watch;

import org.jspecify.annotations.NullMarked;
