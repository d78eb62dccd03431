@NullMarked
package dev.meseta.agent.identity;

import org.jspecify.annotations.NullMarked;
