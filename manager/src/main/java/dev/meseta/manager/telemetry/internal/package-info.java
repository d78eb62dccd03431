@NullMarked
package dev.meseta.manager.telemetry.internal;

import org.jspecify.annotations.NullMarked;
