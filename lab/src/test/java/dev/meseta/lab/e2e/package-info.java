/** The product on real parts: manager, agents, libvirt and QEMU on real hosts of the lab. */
@NullMarked
package dev.meseta.lab.e2e;

import org.jspecify.annotations.NullMarked;
