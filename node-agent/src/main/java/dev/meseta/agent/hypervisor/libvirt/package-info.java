/** The driver for real machines: QEMU through libvirt. Nothing of libvirt leaves this package. */
@NullMarked
package dev.meseta.agent.hypervisor.libvirt;

import org.jspecify.annotations.NullMarked;
