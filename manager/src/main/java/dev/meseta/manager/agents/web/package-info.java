/** REST of {@code agents}: tokens that let a host join. */
@NullMarked
package dev.meseta.manager.agents.web;

import org.jspecify.annotations.NullMarked;
