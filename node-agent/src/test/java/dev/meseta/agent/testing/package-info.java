@NullMarked
package dev.meseta.agent.testing;

import org.jspecify.annotations.NullMarked;
