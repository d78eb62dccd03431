/**
 * The functions of libbpf's C library that the datapath uses, and the few of the C library that belong to them (names of
 * network devices, news of them, the clock that programs in the kernel read), through {@code java.lang.foreign}. Knows no
 * Meseta word. Every failure is a {@link dev.meseta.agent.flows.datapath.binding.BpfException} with the error number and
 * libbpf's text for it. Network devices are those of the network namespace of the calling thread.
 */
@NullMarked
package dev.meseta.agent.flows.datapath.binding;

import org.jspecify.annotations.NullMarked;
