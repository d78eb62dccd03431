@NullMarked
package dev.meseta.agent.flows;

import org.jspecify.annotations.NullMarked;
