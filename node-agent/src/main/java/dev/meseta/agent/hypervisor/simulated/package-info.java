/**
 * A hypervisor without guests: domains are records, memory is a number, time is virtual. For fleets of thousands of hosts
 * in one process and for tests that need a failure at an exact moment. Deterministic for a given seed and order of calls.
 */
@NullMarked
package dev.meseta.agent.hypervisor.simulated;

import org.jspecify.annotations.NullMarked;
