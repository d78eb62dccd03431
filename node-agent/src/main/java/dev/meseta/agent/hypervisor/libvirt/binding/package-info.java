/**
 * The functions of libvirt's C library that the driver uses, and nothing else, through {@code java.lang.foreign}. Knows no
 * Meseta word. Two rules of libvirt shape it: the last error belongs to the native thread, so it is read right after the
 * call on the same thread; and callbacks come on the thread of the event loop, where nothing may block or throw.
 */
@NullMarked
package dev.meseta.agent.hypervisor.libvirt.binding;

import org.jspecify.annotations.NullMarked;
