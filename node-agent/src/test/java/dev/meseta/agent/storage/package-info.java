@NullMarked
package dev.meseta.agent.storage;

import org.jspecify.annotations.NullMarked;
