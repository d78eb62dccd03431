@NullMarked
package dev.meseta.agent.network;

import org.jspecify.annotations.NullMarked;
