/** Hand-written stand-ins of module APIs, so that scenarios read as scripts. */
@NullMarked
package dev.meseta.manager.fakes;

import org.jspecify.annotations.NullMarked;
