/** REST of flows. */
@NullMarked
package dev.meseta.manager.flows.web;

import org.jspecify.annotations.NullMarked;
