/** Networks, NICs and addresses in the database and on hosts. */
@NullMarked
package dev.meseta.manager.network.internal;

import org.jspecify.annotations.NullMarked;
