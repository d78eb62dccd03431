@NullMarked
package dev.meseta.agent.fleet;

import org.jspecify.annotations.NullMarked;
