/** Tests. */
@NullMarked
package dev.meseta.manager.shared.web;

import org.jspecify.annotations.NullMarked;
