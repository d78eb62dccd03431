/**
 * Counting at the taps: eBPF programs that the kernel runs for every packet, their maps, and which tap they are attached to.
 * The programs are in {@code src/main/bpf}.
 */
@NullMarked
package dev.meseta.agent.flows.datapath;

import org.jspecify.annotations.NullMarked;
