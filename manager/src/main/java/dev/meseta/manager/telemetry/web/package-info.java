@NullMarked
package dev.meseta.manager.telemetry.web;

import org.jspecify.annotations.NullMarked;
