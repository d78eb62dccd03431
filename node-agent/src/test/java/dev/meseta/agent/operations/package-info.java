@NullMarked
package dev.meseta.agent.operations;

import org.jspecify.annotations.NullMarked;
