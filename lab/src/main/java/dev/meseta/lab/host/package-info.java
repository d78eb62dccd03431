/** Hosts of the lab: namespaces with their own libvirt, network and storage mounts, and the faults they can have. */
@NullMarked
package dev.meseta.lab.host;

import org.jspecify.annotations.NullMarked;
