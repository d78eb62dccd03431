/** Tests of this package. */
@NullMarked
package dev.meseta.manager.migration.web;

import org.jspecify.annotations.NullMarked;
