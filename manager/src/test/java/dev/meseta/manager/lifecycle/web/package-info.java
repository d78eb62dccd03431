/** Tests of this package. */
@NullMarked
package dev.meseta.manager.lifecycle.web;

import org.jspecify.annotations.NullMarked;
