/** How VMs are created, started, stopped and deleted. */
@NullMarked
package dev.meseta.manager.lifecycle.internal;

import org.jspecify.annotations.NullMarked;
