/** Members as rows. */
@NullMarked
package dev.meseta.manager.membership.internal;

import org.jspecify.annotations.NullMarked;
