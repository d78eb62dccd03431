/** Tests of the manager as a whole. */
@NullMarked
package dev.meseta.manager;

import org.jspecify.annotations.NullMarked;
