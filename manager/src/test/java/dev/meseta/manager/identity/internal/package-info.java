/** Tests. */
@NullMarked
package dev.meseta.manager.identity.internal;

import org.jspecify.annotations.NullMarked;
