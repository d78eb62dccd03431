@NullMarked
package dev.meseta.agent.migration;

import org.jspecify.annotations.NullMarked;
