@NullMarked
package dev.meseta.agent.domain;

import org.jspecify.annotations.NullMarked;
