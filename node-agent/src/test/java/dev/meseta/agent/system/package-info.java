@NullMarked
package dev.meseta.agent.system;

import org.jspecify.annotations.NullMarked;
