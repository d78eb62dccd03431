/** Tests. */
@NullMarked
package dev.meseta.manager.web;

import org.jspecify.annotations.NullMarked;
